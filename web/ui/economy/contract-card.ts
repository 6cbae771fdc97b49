import { CONTRIBUTIONS_PER_DAY_MAX, SOURCE_POINTS } from "../../../src/rules/contracts.ts";
import type { Context } from "../../app.ts";
import { themeOf } from "../../model/contracts.ts";
import { count, duration, incidentOf, plainWords } from "../../model/words.ts";
import { asApiError } from "../../net/api.ts";
import type { GuildDesk } from "../../net/guild-desk.ts";
import type { Contract } from "../../net/wire-economy.ts";
import { enable, isAble } from "../acts.ts";
import { h, refill, say } from "../dom.ts";
import { icon } from "../icons.ts";

interface Options {
  readonly context: Context;
  readonly desk: GuildDesk;
  /** Looks at the contract's subjects. */
  classify(contract: Contract): void;
}

/** One contract of the week: how far all are, what each tier gives, how oneself stands, and what one can do for it. */
export class ContractCard {
  readonly element = h("section", { class: "panel contract-card" });
  readonly #options: Options;
  readonly #left = h("span", { class: "muted number" });
  readonly #body = h("div", { class: "body" });
  readonly #said = h("p", { class: "notice", role: "status" });
  #contract: Contract;
  #shown = "";
  #busy = false;

  constructor(options: Options, contract: Contract) {
    this.#options = options;
    this.#contract = contract;
    const id = `contract-${contract.theme}`;
    this.element.setAttribute("aria-labelledby", id);
    const name = themeOf(contract.theme)?.name ?? plainWords(contract.theme);
    this.element.append(
      h("header", {}, h("h2", { id }, name), this.#left),
      this.#body,
      h("div", { class: "body" }, this.#said),
    );
  }

  show(contract: Contract): void {
    this.#contract = contract;
    const { context, desk } = this.#options;
    const signedIn = context.session.token !== null;
    const deeds = desk.toBring(contract).length;
    const shown = JSON.stringify([contract, deeds, signedIn, this.#busy]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const { total, members, own } = contract;
    refill(
      this.#body,
      h("p", { class: "muted" }, themeOf(contract.theme)?.task ?? ""),
      h(
        "p",
        { class: "contract-total" },
        h("span", { class: "number huge" }, total.toLocaleString("en")),
        ` ${total === 1 ? "point" : "points"} of ${count(members, "member")}`,
      ),
      tierMeter(contract),
      tierList(contract),
      h(
        "p",
        { class: "own" },
        own === null
          ? "You are not in it. Tiers that are reached from your joining on are yours too."
          : `You: ${count(own.points, "point")} in ${count(own.contributions, "contribution")}.`,
      ),
      h("div", { class: "links" }, ...this.#acts(signedIn, deeds)),
    );
    this.tick();
  }

  /** What only time changes. */
  tick(): void {
    say(this.#left, `${duration(this.#contract.endsAtMs - this.#options.context.time.now())} left`);
  }

  #acts(signedIn: boolean, deeds: number): HTMLElement[] {
    const { theme, own } = this.#contract;
    const button = (id: string, label: string, act: () => void, reason: string | null, look = "") => {
      const made = h("button", { class: `button ${look}`, type: "button", id: `${id}-${theme}` }, label);
      enable(made, this.#busy ? "Asking …" : reason);
      made.addEventListener("click", () => {
        if (isAble(made)) act();
      });
      return made;
    };
    const name = themeOf(theme)?.name ?? theme;
    if (own === null) {
      const reason = signedIn ? null : "Take off with “Fly” first: members are pilots.";
      const join = button("join", "Join", () => this.#join(), reason, "primary");
      join.setAttribute("aria-label", `Join ${name}`);
      return [join, ...(reason === null ? [] : [h("span", { class: "muted" }, reason)])];
    }
    const look = button(
      "classify",
      "Classify",
      () => this.#options.classify(this.#contract),
      null,
      "primary",
    );
    look.setAttribute("aria-label", `Classify for ${name}`);
    const none = "Runs of this week, and harvests that end while this page flies, can be brought.";
    const bring = button(
      ...(["bring", deeds === 0 ? "Bring deeds" : `Bring ${count(deeds, "deed")}`] as const),
      () => this.#act(() => this.#options.desk.bringAll(this.#contract)),
      deeds === 0 ? none : null,
    );
    bring.setAttribute("aria-label", `${bring.textContent} to ${name}`);
    return [look, bring, h("p", { class: "sub muted" }, worth())];
  }

  #join(): void {
    void this.#act(async () => {
      await this.#options.desk.join(this.#contract.contractId);
      return "You are in it.";
    });
  }

  async #act(act: () => Promise<string>): Promise<void> {
    this.#busy = true;
    this.show(this.#contract);
    const said = await act().then(
      (text) => ({ text, quiet: true }),
      (error) => ({ text: asApiError(error).message, quiet: false }),
    );
    this.#busy = false;
    say(this.#said, said.text);
    this.#said.classList.toggle("quiet", said.quiet);
    this.show(
      this.#options.desk.current.find(({ theme }) => theme === this.#contract.theme) ?? this.#contract,
    );
  }
}

/** What a deed is worth, and how many count in a day. */
function worth(): string {
  const { harvest, run, classification } = SOURCE_POINTS;
  const day = CONTRIBUTIONS_PER_DAY_MAX;
  return `A run ${run} points (${day.run} a day), a harvest ${harvest} (${day.harvest}), a classification ${classification} or 2 (${day.classification}). Each counts once, for one contract.`;
}

/** The way to the last tier, with the others on it. */
function tierMeter({ total, tiers }: Contract): HTMLElement {
  const goal = tiers.at(-1)?.threshold ?? Math.max(1, total);
  const bar = h("i");
  bar.style.width = `${Math.min(100, (total / goal) * 100)}%`;
  const marks = tiers.map(({ threshold, unlockedAtMs }) => {
    const mark = h("span", { class: unlockedAtMs === null ? "mark" : "mark reached" }, threshold);
    mark.style.left = `${(threshold / goal) * 100}%`;
    return mark;
  });
  return h(
    "div",
    { class: "tier-meter", role: "img", "aria-label": `${total} of ${goal} points` },
    h("div", { class: "meter" }, bar),
    ...marks,
  );
}

function tierList({ tiers }: Contract): HTMLElement {
  const grades = ["bronze", "silver", "gold"];
  return h(
    "ul",
    { class: "tiers" },
    ...tiers.map(({ tier, threshold, stardust, multiplierBps, worldEvent, unlockedAtMs }) => {
      const gives = [
        `${grades[tier - 1] ?? "another"} cosmetic`,
        `${stardust} stardust`,
        ...(multiplierBps === null ? [] : [`stardust × ${multiplierBps / 10_000}`]),
        ...(worldEvent === null ? [] : [`a ${incidentOf(worldEvent).name.toLowerCase()} somewhere`]),
      ].join(", ");
      const reached = unlockedAtMs !== null;
      return h(
        "li",
        { class: reached ? "reached" : "" },
        icon(reached ? "check" : "lock"),
        h(
          "span",
          {},
          `Tier ${tier} · ${reached ? "reached" : `at ${threshold.toLocaleString("en")}`}`,
          h("span", { class: "sub muted" }, gives),
        ),
      );
    }),
  );
}
