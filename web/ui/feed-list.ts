import type { Line, LineKind } from "../model/chronicle.ts";
import { fill, h, say } from "./dom.ts";
import { type IconName, icon } from "./icons.ts";

/** Older lines are let go: this is a window, not an archive. */
const LINES_MAX = 120;

const SIGNS: Readonly<Record<LineKind, IconName>> = {
  arrive: "arrive",
  leave: "leave",
  mine: "mine",
  stop: "stop",
  fight: "fight",
  loss: "loss",
  field: "field",
  dock: "station",
  you: "you",
  notice: "notice",
};

/** What happens, the newest first; a fight is one line that changes. */
export class FeedList {
  readonly element: HTMLElement;
  readonly #list = h("ol", { class: "feed" });
  readonly #empty = h("p", { class: "empty" }, "Nothing has happened since you came.");
  readonly #lines = new Map<string, HTMLElement>();

  constructor() {
    this.element = h(
      "section",
      { class: "panel grows" },
      h("header", {}, h("h2", {}, "What happens")),
      this.#empty,
      h("div", { class: "scroll", role: "log", "aria-label": "What happens here", tabindex: 0 }, this.#list),
    );
  }

  add({ key, kind, text }: Line): void {
    this.#empty.hidden = true;
    const known = this.#lines.get(key);
    const time = new Date().toLocaleTimeString([], {
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hour12: false,
    });
    if (known !== undefined) {
      const [, words, at] = known.children;
      if (words !== undefined) say(words, text);
      if (at !== undefined) say(at, time);
      return;
    }
    const line = h("li", { class: kind }, icon(SIGNS[kind]), h("span", {}, text), h("time", {}, time));
    this.#lines.set(key, line);
    this.#list.prepend(line);
    const [oldest] = this.#lines;
    if (this.#lines.size <= LINES_MAX || oldest === undefined) return;
    oldest[1].remove();
    this.#lines.delete(oldest[0]);
  }

  clear(): void {
    this.#lines.clear();
    fill(this.#list);
    this.#empty.hidden = false;
  }
}
