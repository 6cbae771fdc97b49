import uPlot from "uplot";
import { COLOR } from "../draw/palette.ts";
import type { GalaxyFeed } from "../net/galaxy-feed.ts";
import { h } from "./dom.ts";

const HEIGHT_PX = 112;
const AXIS = {
  stroke: "#a3b3c6",
  font: "12px Barlow, sans-serif",
  grid: { stroke: "#1c2735", width: 1 },
  ticks: { show: false },
};

/** How many ships there were, and what they did, since this page was opened. */
export class History {
  readonly element: HTMLElement;
  readonly #feed: GalaxyFeed;
  readonly #box = h("div", { class: "history", role: "img" });
  #plot: uPlot | null = null;
  #shownAtMs = 0;

  constructor(feed: GalaxyFeed) {
    this.#feed = feed;
    const key = (label: string, color: string, style: string) => {
      const line = h("i");
      line.style.borderTopColor = color;
      return h("span", { class: style }, line, label);
    };
    this.element = h(
      "section",
      { class: "panel optional", "aria-labelledby": "history-title" },
      h(
        "header",
        {},
        h("h2", { id: "history-title" }, "Traffic"),
        h("span", { class: "muted" }, "since you opened this page"),
      ),
      this.#box,
      h(
        "p",
        { class: "history-key" },
        key("Ships", COLOR.teal, ""),
        key("Mining", COLOR.ore, "dashed"),
        key("Fights", COLOR.red, "dotted"),
      ),
    );
  }

  update(): void {
    const { history } = this.#feed;
    const newest = history.at(-1);
    // Once it is full, its length stays the same.
    if (newest === undefined || newest.atMs === this.#shownAtMs || this.#box.clientWidth === 0) return;
    this.#shownAtMs = newest.atMs;
    const data: uPlot.AlignedData = [
      history.map(({ atMs }) => atMs / 1000),
      history.map(({ ships }) => ships),
      history.map(({ miners }) => miners),
      history.map(({ fights }) => fights),
    ];
    this.#box.setAttribute(
      "aria-label",
      `Just now ${newest.ships} ships, ${newest.miners} mining, ${newest.fights} fights`,
    );
    if (this.#plot === null) this.#plot = this.#draw(data);
    else this.#plot.setData(data);
  }

  destroy(): void {
    this.#plot?.destroy();
  }

  #draw(data: uPlot.AlignedData): uPlot {
    const line = (label: string, stroke: string, dash?: number[]): uPlot.Series => ({
      ...{ label, stroke, width: 2, points: { show: false } },
      ...(dash !== undefined && { dash }),
    });
    return new uPlot(
      {
        width: this.#box.clientWidth,
        height: HEIGHT_PX,
        legend: { show: false },
        cursor: { show: false },
        scales: { y: { range: (_plot, _min, max) => [0, Math.max(4, Math.ceil(max * 1.15))] } },
        axes: [
          { ...AXIS, size: 22, space: 90, incrs: [10, 30, 60, 120, 300, 600] },
          { ...AXIS, size: 34, space: 26, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] },
        ],
        series: [
          {},
          line("Ships", COLOR.teal),
          line("Mining", COLOR.ore, [7, 4]),
          line("Fights", COLOR.red, [2, 3]),
        ],
      },
      data,
      this.#box,
    );
  }
}
