import { RESEARCH, RESEARCH_SUBJECTS, type ResearchSubject } from "../../../src/rules/research.ts";
import { whyNotResearch } from "../../model/expeditions.ts";
import { rewardOf } from "../../model/rewards.ts";
import { plainWords } from "../../model/words.ts";
import { asApiError } from "../../net/api.ts";
import type { ExpeditionDesk } from "../../net/expedition-desk.ts";
import type { Inventory } from "../../net/wire-economy.ts";
import { enable, isAble } from "../acts.ts";
import { fill, h, refill } from "../dom.ts";
import { icon } from "../icons.ts";

/** What expeditions have brought home, and what can be found out with it. */
export class ResearchPanel {
  readonly element = h("section", { class: "panel", "aria-labelledby": "research-title", hidden: true });
  readonly #desk: ExpeditionDesk;
  readonly #body = h("div", { class: "body" });
  readonly #problem = h("p", { class: "notice body", role: "alert" });
  #shown = "";

  constructor(desk: ExpeditionDesk) {
    this.#desk = desk;
    this.element.append(
      h("header", {}, h("h2", { id: "research-title" }, "Brought home")),
      this.#body,
      this.#problem,
    );
  }

  show(): void {
    const { inventory } = this.#desk;
    this.element.hidden = inventory === null;
    const shown = JSON.stringify(inventory);
    if (inventory === null || shown === this.#shown) return;
    this.#shown = shown;
    refill(
      this.#body,
      balanceList(inventory.balances),
      h("h3", { class: "sub-head" }, "Anomaly clues"),
      clues(inventory),
      h("h3", { class: "sub-head" }, "Research"),
      h("ul", {}, ...RESEARCH_SUBJECTS.map((subject) => this.#subject(subject, inventory))),
    );
  }

  #subject(subject: ResearchSubject, inventory: Inventory): HTMLElement {
    const { title, costStardust } = RESEARCH[subject];
    const known = inventory.unlocked.includes(subject);
    const reason = known ? null : whyNotResearch(subject, inventory);
    const detail = known ? "yours, for every expedition" : (reason ?? `${costStardust} stardust`);
    const button = h("button", { class: "button", type: "button", id: `research-${subject}` }, "Research");
    button.setAttribute("aria-label", `Research: ${title}`);
    enable(button, reason);
    button.addEventListener("click", () => {
      if (isAble(button)) void this.#research(subject);
    });
    return h(
      "li",
      { class: "way" },
      h("span", {}, title, h("span", { class: "sub muted" }, detail)),
      known ? h("span", { class: "state completed" }, icon("check"), "Known") : button,
    );
  }

  async #research(subject: ResearchSubject): Promise<void> {
    const problem = await this.#desk.research(subject).then(
      () => "",
      (error) => asApiError(error).message,
    );
    fill(this.#problem, problem);
    this.show();
  }
}

function clues({ clues: found }: Inventory): HTMLElement {
  if (found.length === 0) {
    return h("p", { class: "muted" }, "None yet: some runs with every objective reached find one.");
  }
  return h(
    "ul",
    { class: "chips" },
    ...found.map(({ anomaly, sectorId }) =>
      h("li", {}, icon("star", "is-claim"), `${plainWords(anomaly)}, sector ${sectorId}`),
    ),
  );
}

/** What a user has of everything that rewards can be. */
export function balanceList(balances: Readonly<Record<string, number>>): HTMLElement {
  const held = Object.entries(balances).filter(([, units]) => units > 0);
  if (held.length === 0) return h("p", { class: "muted" }, "Nothing yet.");
  return h(
    "ul",
    { class: "balances" },
    ...held.map(([type, units]) => {
      const { name, sign } = rewardOf(type);
      return h(
        "li",
        {},
        icon(sign),
        h("span", { class: "number big" }, units),
        h("span", { class: "muted" }, name),
      );
    }),
  );
}
