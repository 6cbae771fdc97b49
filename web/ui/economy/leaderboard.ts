import { SURFACE_CODES } from "../../../src/rules/surfaces.ts";
import { surfaceName } from "../../model/rewards.ts";
import type { GuildDesk } from "../../net/guild-desk.ts";
import { fill, h } from "../dom.ts";
import { select } from "./inputs.ts";

/** Who has brought most to this week's contracts, through every surface or one. */
export class Leaderboard {
  readonly element = h("section", { class: "panel", "aria-labelledby": "leaders-title" });
  readonly #desk: GuildDesk;
  readonly #body = h("tbody");
  readonly #table = h(
    "table",
    { class: "leaders", "aria-labelledby": "leaders-title" },
    h(
      "thead",
      {},
      h("tr", {}, ...["Place", "Pilot", "Points"].map((name) => h("th", { scope: "col" }, name))),
    ),
    this.#body,
  );
  readonly #empty = h("p", { class: "empty" });
  #shown = "";

  constructor(desk: GuildDesk) {
    this.#desk = desk;
    const options = [
      { id: "", label: "Every surface" },
      ...SURFACE_CODES.map((code) => ({ id: code, label: surfaceName(code) })),
    ];
    this.element.append(
      h(
        "header",
        {},
        h("h2", { id: "leaders-title" }, "Leaderboard"),
        h("span", { class: "muted" }, "this week"),
      ),
      h(
        "div",
        { class: "body" },
        select({
          ...{ id: "leaders-surface", label: "Brought through", options, chosen: "" },
          choose: (code) => void desk.rank(code),
        }),
        this.#table,
      ),
      this.#empty,
    );
  }

  show(): void {
    const { places, surface } = this.#desk;
    const shown = JSON.stringify([places, surface]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#table.hidden = places.length === 0;
    this.#empty.hidden = places.length > 0;
    fill(this.#empty, surface === "" ? "Nobody has brought anything yet." : "Nobody has through this one.");
    fill(
      this.#body,
      ...places.map((place) =>
        h(
          "tr",
          {},
          h("td", { class: "number" }, place.rank),
          h("td", {}, place.name),
          h("td", { class: "number" }, place.points.toLocaleString("en")),
        ),
      ),
    );
  }
}
