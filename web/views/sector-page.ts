import type { Context, Page } from "../app.ts";
import { SectorScene } from "../draw/sector-scene.ts";
import { Stage } from "../draw/stage.ts";
import { attackCost, type Situation, whyNotAttack, whyNotDock, whyNotWarp } from "../model/reasons.ts";
import type { SectorView } from "../model/sector.ts";
import { ServerTime } from "../model/server-time.ts";
import { type Presence, SectorFeed } from "../net/sector-feed.ts";
import type { PilotSnapshot } from "../net/wire.ts";
import { fill, h, say } from "../ui/dom.ts";
import { FeedList } from "../ui/feed-list.ts";
import { PilotPanel } from "../ui/pilot-panel.ts";
import { SectorFacts } from "../ui/sector-facts.ts";
import { ShipList } from "../ui/ship-list.ts";
import { openSpace } from "../ui/space.ts";
import { PilotControl } from "./pilot-control.ts";
import { presenceChip, presenceText } from "./presence-text.ts";
import { SectorEvents } from "./sector-events.ts";

const SIDE_PX = 356;
const PILOT_PX = 200;
const NARROW_PX = 980;
/** Countdowns count seconds; progress is drawn with each frame, and in lists this often. */
const TICK_MS = 250;
/** The whole picture with the names of the ways out around it. */
const EXTENT = 116;

/** One sector: its picture, what is in it, what happens there; and the instruments of who flies in it. */
export class SectorPage implements Page {
  readonly title: string;
  readonly #context: Context;
  readonly #sectorId: number;
  readonly #time = new ServerTime();
  readonly #feed = new FeedList();
  readonly #ships: ShipList;
  readonly #facts: SectorFacts;
  readonly #panel: PilotPanel;
  readonly #control: PilotControl;
  readonly #events: SectorEvents;
  readonly #source: SectorFeed;
  readonly #banner = h("div", { class: "sector-banner", role: "status", hidden: true });
  readonly #here = h("span", { class: "muted" });
  readonly #nobody = h("p", { class: "empty" });
  readonly #stops: (() => void)[] = [];
  #stage: Stage | null = null;
  #scene: SectorScene | null = null;
  #view: SectorView | null = null;
  #presence: Presence = { kind: "loading" };
  #pilot: PilotSnapshot | null = null;
  #destroyed = false;

  constructor(host: HTMLElement, context: Context, sectorId: number) {
    this.#context = context;
    this.#sectorId = sectorId;
    const { atlas, session, galaxy } = context;
    this.title = atlas.sector(sectorId)?.name ?? `Sector ${sectorId}`;
    this.#control = new PilotControl(
      context,
      (type, body) => this.#source.send(type, body),
      (text) => this.#panel.notice(text),
    );
    this.#panel = new PilotPanel(this.#control);
    this.#ships = new ShipList({
      time: this.#time,
      point: (shipId) => this.#scene?.point(shipId),
      attack: (ship) =>
        this.#ifAble(
          (now) => whyNotAttack(now, ship),
          () => this.#control.attack(ship),
        ),
    });
    this.#facts = new SectorFacts({
      context,
      now: () => this.#time.now(),
      warp: (id) => this.#control.warp(id),
      dock: (id) => this.#control.dock(id),
    });
    this.#events = new SectorEvents({
      tell: (line) => this.#feed.add(line),
      scene: () => this.#scene,
      own: () => this.#own,
    });
    this.#build(host);
    this.#source = new SectorFeed({
      sectorId,
      session,
      galaxy,
      onView: (view) => this.#onView(view),
      onMessage: (type, payload) => this.#onMessage(type, payload),
      onPresence: (presence) => this.#onPresence(presence),
      onJoin: () => this.#control.sendAgain(),
      onElsewhere: (id) => context.go(`/sector/${id}`),
    });
    const timer = setInterval(() => this.#tick(), TICK_MS);
    this.#stops.push(
      () => clearInterval(timer),
      galaxy.listen(() => this.#show()),
    );
    this.#stops.push(session.listen(() => this.#onSession()));
    const keys = (event: KeyboardEvent) => this.#key(event);
    document.addEventListener("keydown", keys);
    this.#stops.push(() => document.removeEventListener("keydown", keys));
  }

  destroy(): void {
    this.#destroyed = true;
    for (const stop of this.#stops) stop();
    this.#source.close();
    this.#stage?.destroy();
  }

  get #own(): string {
    return this.#presence.kind === "live" && this.#presence.flying ? (this.#pilot?.shipId ?? "") : "";
  }

  #build(host: HTMLElement): void {
    const space = openSpace({
      label:
        "The sector’s picture. Arrow keys move it, plus and minus zoom. The lists beside it hold the same.",
      home: () => this.#home(false),
      zoom: (factor) => this.#stage?.camera.zoomBy(factor),
    });
    host.append(
      h("div", { class: "with-right" }, space.element, space.controls),
      this.#banner,
      this.#panel.element,
      h("aside", { class: "side left", "aria-label": "The sector" }, this.#facts.element),
      h(
        "aside",
        { class: "side right", "aria-label": "Ships and events" },
        h(
          "section",
          { class: "panel grows" },
          h("header", {}, h("h2", {}, "Ships"), this.#here),
          this.#nobody,
          this.#ships.element,
        ),
        this.#feed.element,
      ),
    );
    void this.#open(space.element);
  }

  async #open(space: HTMLElement): Promise<void> {
    const { atlas, galaxy } = this.#context;
    try {
      const stage = await Stage.open(space);
      if (this.#destroyed) {
        stage.destroy();
        return;
      }
      const here = atlas.sector(this.#sectorId);
      this.#stage = stage;
      this.#scene = new SectorScene(stage, this.#time, {
        bearing(sectorId) {
          const there = atlas.sector(sectorId);
          return here === undefined || there === undefined
            ? null
            : Math.atan2(there.y - here.y, there.x - here.x);
        },
        name: (sectorId) => atlas.sector(sectorId)?.name ?? `Sector ${sectorId}`,
        activity: (sectorId) => galaxy.activities.get(sectorId),
      });
    } catch {
      space.append(
        h(
          "p",
          { class: "space-message" },
          "This browser cannot draw the picture (WebGL 2 is missing or switched off). The lists work all the same.",
        ),
      );
      return;
    }
    const { camera } = this.#stage;
    camera.events = {
      click: (x, y) => {
        const hit = this.#scene?.at(x, y);
        if (hit?.kind === "gate") this.#context.go(`/sector/${hit.sectorId}`);
      },
      hover: (at) => {
        const hit = at === null ? null : (this.#scene?.at(at.x, at.y) ?? null);
        this.#scene?.point(hit?.kind === "ship" ? hit.shipId : null);
        space.style.cursor = hit?.kind === "gate" ? "pointer" : "";
      },
    };
    this.#home(true);
    this.#stage.show(this.#scene);
    if (this.#view !== null) this.#scene.show(this.#view, this.#own);
  }

  #home(jump: boolean): void {
    const narrow = innerWidth <= NARROW_PX;
    const side = narrow ? 40 : SIDE_PX + 30;
    const bottom = !narrow && !this.#panel.element.hidden ? PILOT_PX : 18;
    const bounds = { minX: -EXTENT, minY: -EXTENT, maxX: EXTENT, maxY: EXTENT };
    this.#stage?.camera.fit(bounds, { left: side, right: side, top: 18, bottom }, jump);
  }

  #onView(view: SectorView): void {
    if (view.clock !== null) this.#time.heard(view.clock.serverMs);
    this.#events.saw(view);
    this.#view = view;
    this.#show();
  }

  #onMessage(type: string, payload: unknown): void {
    const snapshot = this.#control.hear(type, payload);
    if (snapshot !== null) {
      this.#pilot = snapshot;
      this.#show();
      this.#home(false);
    }
    this.#events.hear(type, payload);
  }

  #onPresence(presence: Presence): void {
    const wasFlying = this.#own !== "";
    this.#presence = presence;
    if (presence.kind !== "live") this.#pilot = null;
    this.#show();
    if (wasFlying !== (this.#own !== "")) this.#home(false);
  }

  #onSession(): void {
    const { session } = this.#context;
    const wants = session.flying && session.shipSectorId === this.#sectorId;
    const flies = this.#presence.kind === "live" && this.#presence.flying;
    // Taking off or letting go here changes who this page is in the room.
    if (wants !== flies && (this.#presence.kind === "live" || wants)) queueMicrotask(() => this.#reload());
  }

  #reload(): void {
    if (!this.#destroyed) this.#context.go(location.pathname);
  }

  #situation(): Situation | null {
    const ship = this.#view?.ships.get(this.#own);
    if (this.#view === null || ship === undefined || this.#pilot === null) return null;
    const { cooldownUntilMs } = this.#control;
    return { view: this.#view, ship, pilot: this.#pilot, cooldownUntilMs, nowMs: this.#time.now() };
  }

  #ifAble(reason: (now: Situation) => string | null, act: () => void): void {
    const now = this.#situation();
    if (now !== null && reason(now) === null) act();
  }

  #show(): void {
    const now = this.#situation();
    this.#panel.show(now);
    this.#showPresence();
    const view = this.#view;
    if (view === null) return;
    const offers =
      now === null ? null : { warp: (turns: number) => whyNotWarp(now, turns), dock: () => whyNotDock(now) };
    this.#facts.show(view, offers);
    const offer =
      now === null
        ? null
        : (ship: Situation["ship"]) =>
            // Nobody can attack a pod: there is nothing to offer.
            ship.hullType === "ESCAPE_POD"
              ? null
              : { reason: whyNotAttack(now, ship), turns: attackCost(ship) };
    this.#ships.show(view, this.#own, offer);
    this.#scene?.show(view, this.#own);
    say(this.#here, view.ships.size === 0 ? "" : String(view.ships.size));
    this.#nobody.hidden = view.ships.size > 0;
    say(
      this.#nobody,
      this.#presence.kind === "asleep"
        ? "Nobody is here. The page notices when somebody comes."
        : "No ship is here.",
    );
  }

  #showPresence(): void {
    const { galaxy, session } = this.#context;
    const { text, kind, sign } = presenceChip(this.#presence);
    if (this.#facts.chip.dataset.shown !== text) {
      this.#facts.chip.dataset.shown = text;
      this.#facts.chip.className = `state-chip ${kind}`;
      fill(this.#facts.chip, sign, text);
    }
    const said = presenceText(this.#presence, {
      offline: galaxy.status.kind !== "live",
      session,
      sectorId: this.#sectorId,
    });
    this.#banner.hidden = said === "";
    say(this.#banner, said);
  }

  #tick(): void {
    if (this.#view === null) {
      this.#showPresence();
      return;
    }
    this.#ships.tick(this.#view);
    this.#facts.tick(this.#view);
    this.#panel.show(this.#situation());
    this.#showPresence();
    // With motion reduced nothing moves by itself, yet progress is to be seen.
    if (this.#stage?.camera.calm === true) this.#stage.draw();
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof HTMLInputElement || document.querySelector("dialog[open]") !== null) return;
    if (event.key === "0") this.#home(false);
    else if (this.#panel.key(event.key)) event.preventDefault();
  }
}
