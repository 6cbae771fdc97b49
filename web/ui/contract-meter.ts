import type { Context } from "../app.ts";
import { count, plainWords } from "../model/words.ts";
import { ask } from "../net/api.ts";
import { type Contract, contractsSchema } from "../net/wire.ts";
import { fill, h } from "./dom.ts";

const READ_MS = 30_000;

/** How far this week's guild contracts are: all members' points on the way to the next tier. */
export class ContractMeter {
  readonly element = h("section", {
    class: "panel",
    "aria-label": "This week’s contracts",
    hidden: true,
  });
  readonly #context: Context;
  readonly #list = h("ul", { class: "body" });
  readonly #timer: number;

  constructor(context: Context) {
    this.#context = context;
    this.element.append(
      h("header", {}, h("h2", {}, "Guild contracts"), h("span", { class: "muted" }, "this week")),
      this.#list,
    );
    this.#timer = window.setInterval(() => void this.#read(), READ_MS);
    void this.#read();
  }

  destroy(): void {
    clearInterval(this.#timer);
  }

  async #read(): Promise<void> {
    const { token } = this.#context.session;
    const answer = await ask("/contracts/current", contractsSchema, { token }).catch(() => null);
    if (answer === null) return;
    this.element.hidden = answer.contracts.length === 0;
    fill(this.#list, ...answer.contracts.map(row));
  }
}

function row({ theme, total, members, tiers, own }: Contract): HTMLElement {
  const next = tiers.find(({ unlockedAtMs }) => unlockedAtMs === null);
  const goal = next?.threshold ?? tiers.at(-1)?.threshold ?? total;
  const bar = h("i");
  bar.style.width = `${goal === 0 ? 0 : Math.min(100, (total / goal) * 100)}%`;
  const aim =
    next === undefined ? "all tiers are reached" : `tier ${next.tier} at ${goal.toLocaleString("en")}`;
  const mine = own === null ? "" : ` · yours ${own.points.toLocaleString("en")}`;
  return h(
    "li",
    { class: "contract" },
    h("span", {}, plainWords(theme)),
    h("div", { class: "meter", "aria-hidden": "true" }, bar),
    h(
      "span",
      { class: "sub muted" },
      `${count(total, "point")} of ${count(members, "member")} · ${aim}${mine}`,
    ),
  );
}
