import type { Context, Page } from "../app.ts";
import { ExpeditionDesk } from "../net/expedition-desk.ts";
import { h } from "../ui/dom.ts";
import { ExpeditionForm } from "../ui/economy/expedition-form.ts";
import { ResearchPanel } from "../ui/economy/research-panel.ts";
import { RunLog } from "../ui/economy/run-log.ts";
import { RunPanel } from "../ui/economy/run-panel.ts";

const TICK_MS = 500;

/** Expeditions: choosing and setting out on one, following it while a game plays it, and what it brought. */
export class ExpeditionsPage implements Page {
  readonly title = "Expeditions";
  readonly #desk: ExpeditionDesk;
  readonly #stops: (() => void)[] = [];

  constructor(host: HTMLElement, context: Context) {
    const { session, time } = context;
    this.#desk = new ExpeditionDesk(session, time, () => show());
    const wanted = /^[1-9]\d{0,8}$/.exec(new URLSearchParams(location.search).get("sector") ?? "")?.[0];
    const run = new RunPanel(context, this.#desk);
    const sectorId = wanted === undefined ? null : Number(wanted);
    const form = new ExpeditionForm(context, this.#desk, sectorId, () => run.focus());
    const log = new RunLog(context, this.#desk);
    const research = new ResearchPanel(this.#desk);
    const show = () => {
      for (const part of [form, run, log, research]) part.show();
    };
    host.append(
      h(
        "div",
        { class: "sheet" },
        h("h1", {}, "Expeditions"),
        h(
          "p",
          { class: "lead muted" },
          "Choose where to and with what; a game plays it; what it brought is shown here and kept in your log.",
        ),
        h(
          "div",
          { class: "columns" },
          h("div", { class: "column" }, form.element),
          h("div", { class: "column" }, run.element, research.element, log.element),
        ),
      ),
    );
    void this.#desk.read();
    let { token } = session;
    const timer = setInterval(() => run.tick(), TICK_MS);
    this.#stops.push(
      () => clearInterval(timer),
      session.listen(() => {
        if (session.token === token) return;
        token = session.token;
        void this.#desk.read();
      }),
    );
  }

  destroy(): void {
    this.#desk.close();
    for (const stop of this.#stops) stop();
  }
}
