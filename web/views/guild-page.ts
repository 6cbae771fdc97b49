import type { Context, Page } from "../app.ts";
import { GuildDesk } from "../net/guild-desk.ts";
import { fill, h, keyed } from "../ui/dom.ts";
import { ClassifyPanel } from "../ui/economy/classify-panel.ts";
import { ContractCard } from "../ui/economy/contract-card.ts";
import { Leaderboard } from "../ui/economy/leaderboard.ts";

const TICK_MS = 1_000;

/** This week's guild contracts: how far they are, taking part in them, and who has brought most. */
export class GuildPage implements Page {
  readonly title = "Guild contracts";
  readonly #context: Context;
  readonly #desk: GuildDesk;
  readonly #cards = new Map<string, ContractCard>();
  readonly #elements = new Map<string, HTMLElement>();
  readonly #list = h("div", { class: "columns three" });
  readonly #message = h("p", { class: "lead", role: "status" }, "Looking for this week’s contracts …");
  readonly #more: HTMLElement;
  readonly #classify: ClassifyPanel;
  readonly #leaders: Leaderboard;
  readonly #stops: (() => void)[] = [];

  constructor(host: HTMLElement, context: Context) {
    this.#context = context;
    const { session, galaxy } = context;
    this.#desk = new GuildDesk(session, galaxy, () => this.#show());
    this.#classify = new ClassifyPanel(this.#desk);
    this.#leaders = new Leaderboard(this.#desk);
    this.#more = h(
      "div",
      { class: "columns more-guild", hidden: true },
      h("div", { class: "column" }, this.#classify.element),
      h("div", { class: "column" }, this.#leaders.element),
    );
    host.append(
      h("div", { class: "sheet" }, h("h1", {}, "Guild contracts"), this.#message, this.#list, this.#more),
    );
    void this.#desk.readRuns();
    const timer = setInterval(() => {
      for (const card of this.#cards.values()) card.tick();
    }, TICK_MS);
    let { token } = session;
    this.#stops.push(
      () => clearInterval(timer),
      session.listen(() => {
        if (session.token === token) return;
        token = session.token;
        this.#classify.close();
        void this.#desk.read();
        void this.#desk.readRuns();
      }),
    );
  }

  destroy(): void {
    this.#desk.close();
    for (const stop of this.#stops) stop();
  }

  #show(): void {
    const { contracts, trouble, current } = this.#desk;
    const closed = trouble?.code === "feature_disabled";
    fill(this.#message, leadOf(contracts?.length ?? null, trouble?.message ?? ""));
    // What was read before a line that is down stays; what is not open here any more does not.
    this.#list.hidden = closed;
    this.#more.hidden = closed || contracts === null || contracts.length === 0;
    keyed(
      this.#list,
      current,
      ({ contractId }) => contractId,
      (contract) => this.#make(contract.contractId, contract),
      (_, contract) => this.#cards.get(contract.contractId)?.show(contract),
      this.#elements,
    );
    this.#leaders.show();
  }

  #make(contractId: string, contract: ConstructorParameters<typeof ContractCard>[1]): HTMLElement {
    const card = new ContractCard(
      {
        ...{ context: this.#context, desk: this.#desk },
        classify: (chosen) => void this.#classify.open(chosen),
      },
      contract,
    );
    this.#cards.set(contractId, card);
    return card.element;
  }
}

function leadOf(contracts: number | null, trouble: string): string {
  if (trouble !== "") return trouble;
  if (contracts === null) return "Looking for this week’s contracts …";
  return contracts === 0
    ? "There is no contract just now."
    : "What everybody brings in a week counts together: runs, harvests and classifications, from every surface.";
}
