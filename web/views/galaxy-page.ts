import type { Context, Page } from "../app.ts";
import { GalaxyChart } from "../draw/galaxy-chart.ts";
import { Stage } from "../draw/stage.ts";
import { type Activity, incidentText, liveliestFirst } from "../model/galaxy.ts";
import { count, zoneName } from "../model/words.ts";
import type { MapSector } from "../net/wire.ts";
import { ContractMeter } from "../ui/contract-meter.ts";
import { showCounts } from "../ui/counts.ts";
import { fill, h, keyed, say } from "../ui/dom.ts";
import { History } from "../ui/history.ts";
import { legend } from "../ui/legend.ts";
import { sectorCard } from "../ui/sector-card.ts";
import { notDrawn, openSpace } from "../ui/space.ts";

/** A list that nobody can read to its end is cut. */
const ROWS_MAX = 80;
const SIDE_PX = 356;
const NARROW_PX = 980;

/** The whole galaxy: a chart, and beside it what goes on just now. */
export class GalaxyPage implements Page {
  readonly title = "The galaxy";
  readonly #context: Context;
  readonly #list = h("div", {
    class: "rows scroll",
    tabindex: 0,
    role: "group",
    "aria-label": "Sectors with ships in them",
  });
  readonly #live = h("span", { class: "muted" });
  readonly #empty = h("p", { class: "empty" });
  readonly #card = h("section", { class: "panel", "aria-label": "The chosen sector", hidden: true });
  readonly #history: History;
  readonly #contracts = new ContractMeter();
  readonly #rows = new Map<string, HTMLElement>();
  readonly #stops: (() => void)[] = [];
  #chart: GalaxyChart | null = null;
  #stage: Stage | null = null;
  #selected: MapSector | null = null;
  #destroyed = false;

  constructor(host: HTMLElement, context: Context) {
    this.#context = context;
    this.#history = new History(context.galaxy);
    const { atlas } = context;
    const sectors = count(atlas.map.sectors.length, "sector");
    const regions = count(atlas.map.regions.length, "region");
    const zones = [...new Set(atlas.map.zones.map(({ type }) => type))];
    const space = openSpace({
      label:
        "Star chart. Arrow keys move it, plus and minus zoom, Enter opens the chosen sector. The list beside it holds what goes on.",
      home: () => this.#home(false),
      zoom: (factor) => this.#stage?.camera.zoomBy(factor),
    });
    host.append(
      h("h1", { class: "hidden-text" }, `The galaxy ${atlas.map.name}`),
      h("div", { class: "with-right" }, space.element, space.controls),
      h(
        "aside",
        { class: "side left", "aria-label": "About the galaxy" },
        h(
          "section",
          { class: "panel" },
          h(
            "header",
            {},
            h("h2", {}, atlas.map.name),
            h("span", { class: "muted" }, `${sectors} in ${regions}`),
          ),
        ),
        this.#card,
        h("div", { class: "panel-space" }),
        this.#contracts.element,
        this.#history.element,
        legend(zones),
      ),
      h(
        "aside",
        { class: "side right", "aria-label": "Live now" },
        h(
          "section",
          { class: "panel grows" },
          h("header", {}, h("h2", {}, "Live now"), this.#live),
          this.#empty,
          this.#list,
        ),
      ),
    );
    space.element.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && this.#selected !== null) context.go(`/sector/${this.#selected.sectorId}`);
      if (event.key === "0") this.#home(false);
    });
    void this.#open(space.element);
    this.#stops.push(context.galaxy.listen(() => this.#show()));
    this.#stops.push(context.session.listen(() => this.#show()));
  }

  destroy(): void {
    this.#destroyed = true;
    for (const stop of this.#stops) stop();
    this.#history.destroy();
    this.#stage?.destroy();
  }

  async #open(space: HTMLElement): Promise<void> {
    try {
      const stage = await Stage.open(space);
      if (this.#destroyed) {
        stage.destroy();
        return;
      }
      this.#stage = stage;
      this.#chart = new GalaxyChart(stage, this.#context.atlas);
    } catch (error) {
      space.append(notDrawn("chart", error));
      return;
    }
    const { camera } = this.#stage;
    camera.events = {
      click: (x, y) => this.#select(this.#chart?.at(x, y) ?? null),
      hover: (at) => {
        const sector = at === null ? null : (this.#chart?.at(at.x, at.y) ?? null);
        this.#chart?.hover(sector);
        space.style.cursor = sector === null ? "" : "pointer";
      },
    };
    space.addEventListener("dblclick", () => {
      if (this.#selected !== null) this.#context.go(`/sector/${this.#selected.sectorId}`);
    });
    this.#home(true);
    this.#stage.show(this.#chart);
    this.#show();
  }

  #home(jump: boolean): void {
    const narrow = innerWidth <= NARROW_PX;
    const side = narrow ? 12 : SIDE_PX;
    this.#stage?.camera.fit(
      this.#context.atlas.bounds,
      { left: side, right: side, top: 50, bottom: 30 },
      jump,
    );
  }

  #show(): void {
    const { galaxy, session } = this.#context;
    this.#chart?.show(galaxy.activities, session.token === null ? null : session.shipSectorId);
    const liveliest = liveliestFirst(galaxy.activities.values());
    say(this.#live, liveliest.length === 0 ? "" : count(liveliest.length, "sector"));
    say(this.#empty, emptyText(liveliest.length, galaxy.status.kind));
    this.#empty.hidden = liveliest.length > 0;
    keyed(
      this.#list,
      liveliest.slice(0, ROWS_MAX),
      ({ sectorId }) => String(sectorId),
      (activity) => this.#row(activity),
      (row, activity) => this.#update(row, activity),
      this.#rows,
    );
    if (this.#selected !== null) this.#showCard(this.#selected);
    this.#contracts.show(galaxy.contracts);
    this.#history.update();
  }

  #row({ sectorId }: Activity): HTMLElement {
    const { atlas } = this.#context;
    const sector = atlas.sector(sectorId);
    const where =
      sector === undefined ? "" : `${atlas.clusterName(sector)} · ${zoneName(atlas.zoneType(sector))}`;
    return h(
      "a",
      {
        class: "row",
        href: `/sector/${sectorId}`,
        pointerenter: () => this.#chart?.hover(sector ?? null),
        pointerleave: () => this.#chart?.hover(null),
      },
      h("span", {}, h("span", { class: "number is-ship" }, sectorId), ` ${sector?.name ?? ""}`),
      h("span", { class: "sub" }, where),
      h("span", { class: "counts" }),
      h("span", { class: "weather" }),
    );
  }

  #update(row: HTMLElement, activity: Activity): void {
    const counts = row.querySelector<HTMLElement>(".counts");
    if (counts !== null) showCounts(counts, activity);
    const weather = row.querySelector(".weather");
    if (weather !== null) say(weather, incidentText(activity));
  }

  #select(sector: MapSector | null): void {
    this.#selected = sector;
    this.#chart?.select(sector);
    this.#card.hidden = sector === null;
    if (sector !== null) this.#showCard(sector);
  }

  #showCard(sector: MapSector): void {
    const close = () => this.#select(null);
    const activity = this.#context.galaxy.activities.get(sector.sectorId);
    const shown = JSON.stringify([sector.sectorId, activity]);
    if (this.#card.dataset.shown === shown) return;
    this.#card.dataset.shown = shown;
    fill(this.#card, ...sectorCard(this.#context, sector, activity, close));
  }
}

function emptyText(live: number, status: string): string {
  if (live > 0) return "";
  if (status === "connecting") return "Listening to the galaxy …";
  if (status !== "live") return "Not connected: what goes on is not known just now.";
  return "All is quiet: nobody is in space. Take off with “Fly”, or start some bots with npm run demo.";
}
