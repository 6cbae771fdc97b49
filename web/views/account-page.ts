import type { Context, Page } from "../app.ts";
import { AccountDesk } from "../net/account-desk.ts";
import { asApiError } from "../net/api.ts";
import { fill, h, refill } from "../ui/dom.ts";
import {
  type AccountActs,
  balancesPanel,
  claimsPanel,
  ledgerPanel,
  referralPanel,
  signInPanel,
  surveyPanel,
} from "../ui/economy/account-panels.ts";

/** What somebody owns on all surfaces, what they can claim, and how they take it elsewhere. */
export class AccountPage implements Page {
  readonly title = "Account";
  readonly #context: Context;
  readonly #desk: AccountDesk;
  readonly #lead = h("p", { class: "lead muted", role: "status" });
  readonly #said = h("p", { class: "notice lead", role: "alert" });
  readonly #body = h("div", { class: "columns" });
  readonly #acts: AccountActs;
  readonly #stop: () => void;

  constructor(host: HTMLElement, context: Context) {
    this.#context = context;
    const { session, time } = context;
    const desk = new AccountDesk(session, time, () => this.#show());
    this.#desk = desk;
    this.#acts = {
      claim: (template) => this.#do(() => desk.claim(template), "Claimed."),
      refer: (code) => this.#do(() => desk.refer(code), "Thank you: they are rewarded for it."),
      answer: (choice) => this.#do(() => desk.answer(desk.survey?.week ?? "", choice), ""),
      readOlder: () => this.#do(() => desk.readOlder(), ""),
    };
    host.append(h("div", { class: "sheet" }, h("h1", {}, "Account"), this.#lead, this.#said, this.#body));
    let { token } = session;
    this.#stop = session.listen(() => {
      if (session.token === token) return;
      token = session.token;
      void desk.read();
    });
    void desk.read();
  }

  destroy(): void {
    this.#stop();
  }

  async #do(act: () => Promise<void>, done: string): Promise<void> {
    const said = await act().then(
      () => ({ text: done, quiet: true }),
      (error) => ({ text: asApiError(error).message, quiet: false }),
    );
    fill(this.#said, said.text);
    this.#said.classList.toggle("quiet", said.quiet);
  }

  #show(): void {
    const desk = this.#desk;
    fill(
      this.#lead,
      desk.trouble || "The same wherever you play: in the browser, in a game, or through a program.",
    );
    if (desk.trouble !== "") {
      fill(this.#body);
      return;
    }
    const column = (...panels: readonly (HTMLElement | null)[]) => h("div", { class: "column" }, ...panels);
    refill(
      this.#body,
      column(
        balancesPanel(desk, this.#context),
        claimsPanel(desk, this.#acts),
        surveyPanel(desk, this.#acts),
        referralPanel(desk, this.#acts),
        signInPanel(this.#context),
      ),
      column(ledgerPanel(desk, this.#acts)),
    );
  }
}
