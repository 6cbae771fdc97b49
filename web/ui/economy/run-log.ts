import { missionOf } from "../../../src/rules/missions.ts";
import type { Context } from "../../app.ts";
import { isOpen } from "../../model/expeditions.ts";
import { plainWords } from "../../model/words.ts";
import type { ExpeditionDesk } from "../../net/expedition-desk.ts";
import type { Run } from "../../net/wire-economy.ts";
import { h, refill } from "../dom.ts";
import { icon } from "../icons.ts";

/** A list that nobody can read to its end is cut; the log itself goes back further. */
const RUNS_MAX = 20;

/** The user's runs, newest first, on whatever surface they were played; one of them is looked at. */
export class RunLog {
  readonly element = h("section", { class: "panel", "aria-labelledby": "log-title" });
  readonly #context: Context;
  readonly #desk: ExpeditionDesk;
  readonly #body = h("div", { class: "rows" });
  #shown = "";

  constructor(context: Context, desk: ExpeditionDesk) {
    this.#context = context;
    this.#desk = desk;
    this.element.append(h("header", {}, h("h2", { id: "log-title" }, "Mission log")), this.#body);
  }

  show(): void {
    const { runs, shown, trouble } = this.#desk;
    const signedIn = this.#context.session.token !== null;
    const text = JSON.stringify([runs, shown?.run.runId, trouble, signedIn]);
    if (text === this.#shown) return;
    this.#shown = text;
    const say = (words: string) => h("p", { class: "empty" }, words);
    if (!signedIn) refill(this.#body, say("Take off with “Fly”, and your expeditions are kept here."));
    else if (runs === null) refill(this.#body, say(trouble || "Looking for your expeditions …"));
    else if (runs.length === 0) refill(this.#body, say("You have been on none yet."));
    else refill(this.#body, ...runs.slice(0, RUNS_MAX).map((run) => this.#row(run, shown?.run.runId)));
  }

  #row(run: Run, shownId: string | undefined): HTMLElement {
    const { runId, missionId, sectorId, status, narrative } = run;
    const where = `${sectorId} ${this.#context.atlas.sector(sectorId)?.name ?? ""}`;
    // The story begins with the mission's title, which stands above it already.
    const told = narrative?.replace(/^[^:]*: /, "") ?? "";
    const sign = isOpen(run) ? "clock" : status === "completed" ? "check" : "close";
    return h(
      "button",
      {
        class: "row",
        type: "button",
        id: `run-${runId}`,
        "aria-current": String(runId === shownId),
        click: () => void this.#desk.choose(runId),
      },
      h("span", {}, missionOf(missionId).title),
      h("span", { class: `state ${status}` }, icon(sign), plainWords(status)),
      h("span", { class: "sub" }, told === "" ? where : `${where} · ${told}`),
    );
  }
}
