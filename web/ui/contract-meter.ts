import { type LiveContract, themeOf } from "../model/contracts.ts";
import { count, plainWords } from "../model/words.ts";
import { fill, h } from "./dom.ts";

/** How far this week's guild contracts are: all members' points on the way to the next tier, as the galaxy tells them. */
export class ContractMeter {
  readonly element = h("section", { class: "panel", "aria-label": "This week’s contracts", hidden: true });
  readonly #list = h("ul", { class: "body" });
  #shown = "";

  constructor() {
    this.element.append(
      h("header", {}, h("h2", {}, "Guild contracts"), h("a", { class: "more", href: "/guild" }, "Take part")),
      this.#list,
    );
  }

  show(contracts: readonly LiveContract[]): void {
    const shown = JSON.stringify(contracts);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.element.hidden = contracts.length === 0;
    fill(this.#list, ...contracts.map(row));
  }
}

function row({ theme, total, members, tier, nextThreshold }: LiveContract): HTMLElement {
  const bar = h("i");
  bar.style.width = `${nextThreshold === 0 ? 100 : Math.min(100, (total / nextThreshold) * 100)}%`;
  const aim =
    nextThreshold === 0
      ? "all tiers are reached"
      : `tier ${tier + 1} at ${nextThreshold.toLocaleString("en")}`;
  return h(
    "li",
    { class: "contract" },
    h("span", {}, themeOf(theme)?.name ?? plainWords(theme)),
    h("div", { class: "meter", "aria-hidden": "true" }, bar),
    h("span", { class: "sub muted" }, `${count(total, "point")} of ${count(members, "member")} · ${aim}`),
  );
}
