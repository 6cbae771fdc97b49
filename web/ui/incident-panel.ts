import type { Context } from "../app.ts";
import type { SectorView } from "../model/sector.ts";
import { duration, incidentOf } from "../model/words.ts";
import { ApiError, asApiError, ask } from "../net/api.ts";
import { type Incident, incidentSchema, judgedSchema } from "../net/wire.ts";
import { h, refill, say } from "./dom.ts";
import { icon } from "./icons.ts";

const SEVERITIES = [1, 2, 3] as const;
/** How soon readings that could not be had are asked for again. */
const READ_AGAIN_MS = 3_000;

/** What befalls the sector: its readings, to be judged by who flies; and what it has left. */
export class IncidentPanel {
  readonly element = h("section", { class: "panel incident", "aria-label": "Incidents", hidden: true });
  readonly #context: Context;
  readonly #now: () => number;
  readonly #title = h("h2");
  readonly #closes = h("span", { class: "muted number" });
  readonly #body = h("div", { class: "body" });
  readonly #left: HTMLElement[] = [];
  #view: SectorView | null = null;
  #known: Incident | null = null;
  #knownId = "";
  /** When the readings are asked for again, on the page's own clock; null when they are not. */
  #againAtMs: number | null = null;
  /** Incidents are not open here any more: this one ends by itself. */
  #closed = false;
  #problem = "";
  #shown = "";

  /** @param now the server's time */
  constructor(context: Context, now: () => number) {
    this.#context = context;
    this.#now = now;
    this.element.append(h("header", {}, this.#title, this.#closes), this.#body);
  }

  show(view: SectorView): void {
    this.#view = view;
    const { incident, conditions } = view;
    this.element.hidden = incident === null && conditions.length === 0;
    if (this.element.hidden) return;
    const { token } = this.#context.session;
    const id = incident?.incidentId ?? "";
    if (`${id}/${token}` !== this.#knownId) {
      this.#knownId = `${id}/${token}`;
      this.#known = null;
      this.#problem = "";
      this.#againAtMs = null;
      if (incident !== null) void this.#read(incident.incidentId);
    }
    const shown = JSON.stringify([
      incident,
      conditions,
      this.#known,
      this.#closed,
      this.#problem,
      token === null,
    ]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    say(this.#title, incident === null ? "Incidents" : `${incidentOf(incident.type).name} ahead`);
    refill(this.#body, ...(incident === null ? [] : this.#answer(incident.incidentId)), this.#conditions());
    this.tick();
  }

  /** What only time changes. */
  tick(): void {
    const { incident = null, conditions = [] } = this.#view ?? {};
    say(this.#closes, incident === null ? "" : `breaks in ${duration(incident.closesAtMs - this.#now())}`);
    if (incident !== null && this.#againAtMs !== null && this.#againAtMs < performance.now()) {
      this.#againAtMs = null;
      void this.#read(incident.incidentId);
    }
    for (const [index, { endsAtMs }] of conditions.entries()) {
      const element = this.#left[index];
      if (element !== undefined) say(element, `${duration(endsAtMs - this.#now())} left`);
    }
  }

  async #read(incidentId: string): Promise<void> {
    const { token } = this.#context.session;
    const known = await ask(`/incidents/${incidentId}`, incidentSchema, { token }).catch(asApiError);
    if (this.#view?.incident?.incidentId !== incidentId) return;
    const failed = known instanceof ApiError;
    this.#closed = failed && known.code === "feature_disabled";
    if (!failed) this.#known = known;
    // What was known stays; what is not, or has just been judged, is asked for until it is told.
    else if (!this.#closed) this.#againAtMs = performance.now() + READ_AGAIN_MS;
    this.show(this.#view);
  }

  async #judge(incidentId: string, severity: number): Promise<void> {
    const { token } = this.#context.session;
    try {
      await ask(`/incidents/${incidentId}/classification`, judgedSchema, { token, body: { severity } });
      this.#problem = "";
    } catch (error) {
      this.#problem = asApiError(error).message;
    }
    await this.#read(incidentId);
  }

  #answer(incidentId: string): HTMLElement[] {
    if (this.#closed) return [];
    const readings = this.#known?.readings ?? [];
    const bars = readings.map((reading) => {
      const bar = h("i");
      // Its number stands above it.
      bar.style.height = `calc((100% - 20px) * ${Math.max(4, reading) / 100})`;
      return h("span", {}, h("b", { class: "number" }, reading), bar);
    });
    const chart = h(
      "div",
      { class: "readings", role: "img", "aria-label": `Readings of 0 to 100: ${readings.join(", ")}` },
      ...bars,
    );
    const own = this.#known?.responses.find(({ mode }) => mode === "classify");
    if (own !== undefined)
      return [chart, h("p", { role: "status" }, `You have judged it: ${own.score} of 100 points.`)];
    const hint = "Readings lie around 25 for severity 1, 50 for 2 and 75 for 3. How severe is it?";
    const judge = (severity: number) =>
      h(
        "button",
        {
          ...{ class: "button", type: "button", id: `severity-${severity}` },
          click: () => void this.#judge(incidentId, severity),
        },
        `Severity ${severity}`,
      );
    return [
      chart,
      h("p", { class: "muted" }, hint),
      this.#context.session.token === null
        ? h("p", { class: "muted" }, "Pilots judge it: take off with “Fly”.")
        : h("div", { class: "links" }, ...SEVERITIES.map(judge)),
      h("p", { class: "notice", role: "alert" }, this.#problem),
    ];
  }

  #conditions(): HTMLElement {
    const conditions = this.#view?.conditions ?? [];
    this.#left.length = 0;
    return h(
      "ul",
      {},
      ...conditions.map(({ type, severity }) => {
        const { name, effect } = incidentOf(type);
        const left = h("span", { class: "muted number" });
        this.#left.push(left);
        const what = h("span", {}, icon("storm", "is-claim"), ` ${name}, severity ${severity}`);
        what.append(h("span", { class: "sub muted" }, effect));
        return h("li", { class: "way" }, what, left);
      }),
    );
  }
}
