import type { Context, Page } from "../app.ts";
import {
  attackCost,
  previewAt,
  type Situation,
  whyNotAttack,
  whyNotDock,
  whyNotWarp,
} from "../model/reasons.ts";
import type { SectorView } from "../model/sector.ts";
import type { ServerTime } from "../model/server-time.ts";
import { withTurnsDue } from "../model/turns.ts";
import { type Presence, SectorFeed } from "../net/sector-feed.ts";
import type { PilotSnapshot } from "../net/wire.ts";
import { fill, h, say } from "../ui/dom.ts";
import { FeedList } from "../ui/feed-list.ts";
import { IncidentPanel } from "../ui/incident-panel.ts";
import { PilotPanel } from "../ui/pilot-panel.ts";
import { SectorFacts } from "../ui/sector-facts.ts";
import { ShipList } from "../ui/ship-list.ts";
import { StationPanel } from "../ui/station-panel.ts";
import { PilotControl } from "./pilot-control.ts";
import { presenceChip, presenceText } from "./presence-text.ts";
import { SectorEvents } from "./sector-events.ts";
import { SectorPicture } from "./sector-picture.ts";

/** Countdowns count seconds; progress is drawn with each frame, and in lists this often. */
const TICK_MS = 250;
const SHOW_MS = 150;
/** What may be mined without loss, and at which price, changes with them. */
const LICENSE_EVENTS: ReadonlySet<string> = new Set(["claim_license_purchased", "claim_license_expired"]);

/** One sector: its picture, what is in it, what happens there; and the instruments of who flies in it. */
export class SectorPage implements Page {
  readonly title: string;
  readonly #context: Context;
  readonly #sectorId: number;
  readonly #time: ServerTime;
  readonly #feed = new FeedList();
  readonly #ships: ShipList;
  readonly #facts: SectorFacts;
  readonly #panel: PilotPanel;
  readonly #control: PilotControl;
  readonly #events: SectorEvents;
  readonly #station: StationPanel;
  readonly #incident: IncidentPanel;
  readonly #picture: SectorPicture;
  readonly #source: SectorFeed;
  readonly #banner = h("div", { class: "sector-banner", role: "status", hidden: true });
  readonly #here = h("span", { class: "muted" });
  readonly #nobody = h("p", { class: "empty" });
  readonly #stops: (() => void)[] = [];
  #view: SectorView | null = null;
  #presence: Presence = { kind: "loading" };
  #pilot: PilotSnapshot | null = null;
  #destroyed = false;
  /** The end of the licence that has been asked about once it was over. */
  #endedAtMs: number | null = null;
  #shownAtMs = 0;
  #showTimer = 0;

  constructor(host: HTMLElement, context: Context, sectorId: number) {
    this.#context = context;
    this.#sectorId = sectorId;
    this.#time = context.time;
    context.session.watchedSectorId = sectorId;
    const { atlas, session, galaxy } = context;
    this.title = atlas.sector(sectorId)?.name ?? `Sector ${sectorId}`;
    this.#control = new PilotControl({
      ...{ context, sectorId },
      send: (type, body) => this.#source.send(type, body),
      notice: (text) => this.#panel.notice(text),
      changed: () => this.#show(),
    });
    this.#panel = new PilotPanel(this.#control);
    this.#station = new StationPanel(context, this.#control);
    this.#incident = new IncidentPanel(context, () => this.#time.now());
    this.#picture = new SectorPicture({
      ...{ context, sectorId, time: this.#time },
      covered: () => (this.#panel.element.hidden ? 0 : this.#panel.element.offsetHeight + 12),
    });
    this.#ships = new ShipList({
      time: this.#time,
      point: (shipId) => this.#picture.point(shipId),
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
      scene: () => this.#picture.scene,
      now: () => this.#time.now(),
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
      galaxy.listen(() => this.#showSoon()),
    );
    this.#stops.push(session.listen(() => this.#onSession()));
    const keys = (event: KeyboardEvent) => this.#key(event);
    document.addEventListener("keydown", keys);
    this.#stops.push(() => document.removeEventListener("keydown", keys));
  }

  destroy(): void {
    this.#destroyed = true;
    for (const stop of this.#stops) stop();
    clearTimeout(this.#showTimer);
    this.#source.close();
    this.#control.close();
    this.#picture.destroy();
  }

  get #own(): string {
    return this.#presence.kind === "live" && this.#presence.flying ? (this.#pilot?.shipId ?? "") : "";
  }

  #build(host: HTMLElement): void {
    host.append(
      h("div", { class: "with-right" }, ...this.#picture.elements),
      this.#banner,
      this.#panel.element,
      h(
        "aside",
        { class: "side left", "aria-label": "The sector" },
        this.#station.element,
        this.#incident.element,
        this.#facts.element,
      ),
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
  }

  #onView(view: SectorView): void {
    if (view.clock !== null) this.#time.heard(view.clock.serverMs);
    this.#events.saw(view);
    if (this.#pilot !== null && view.depletion !== this.#view?.depletion) this.#control.lookAgain();
    this.#view = view;
    this.#picture.show(view, this.#own);
    this.#showSoon();
  }

  /** A room says up to ten times a second what has changed: more often than lists can be read. */
  #showSoon(): void {
    const waitMs = this.#shownAtMs + SHOW_MS - performance.now();
    if (waitMs <= 0) this.#show();
    else if (this.#showTimer === 0) this.#showTimer = window.setTimeout(() => this.#show(), waitMs);
  }

  #onMessage(type: string, payload: unknown): void {
    const snapshot = this.#control.hear(type, payload);
    if (snapshot !== null) {
      // The first of them: what else is the pilot's alone is asked for.
      if (this.#pilot === null) {
        void this.#control.readLicenses();
        void this.#control.readOreUnits();
      }
      this.#pilot = snapshot;
      this.#show();
      this.#control.lookAgain();
    }
    if (LICENSE_EVENTS.has(type)) {
      void this.#control.readLicenses();
      this.#control.lookAgain();
    }
    this.#events.hear(type, payload);
  }

  #onPresence(presence: Presence): void {
    this.#presence = presence;
    if (presence.kind !== "live") this.#pilot = null;
    this.#show();
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
    const nowMs = this.#time.now();
    const pilot = withTurnsDue(this.#pilot, nowMs);
    const { cooldownUntilMs } = this.#control;
    const preview = previewAt(this.#control.preview, nowMs);
    return { view: this.#view, ship, pilot, cooldownUntilMs, preview, nowMs };
  }

  #ifAble(reason: (now: Situation) => string | null, act: () => void): void {
    const now = this.#situation();
    if (now !== null && reason(now) === null) act();
  }

  #show(): void {
    clearTimeout(this.#showTimer);
    this.#showTimer = 0;
    this.#shownAtMs = performance.now();
    const now = this.#situation();
    this.#panel.show(now);
    this.#station.show(now, this.#control);
    this.#showPresence();
    const view = this.#view;
    if (view === null) {
      this.#showUnknown();
      return;
    }
    const offers =
      now === null ? null : { warp: (turns: number) => whyNotWarp(now, turns), dock: () => whyNotDock(now) };
    this.#facts.show(view, offers);
    this.#incident.show(view);
    const offer =
      now === null
        ? null
        : (ship: Situation["ship"]) =>
            // Nobody can attack a pod: there is nothing to offer.
            ship.hullType === "ESCAPE_POD"
              ? null
              : { reason: whyNotAttack(now, ship), turns: attackCost(ship) };
    this.#ships.show(view, this.#own, offer);
    this.#picture.show(view, this.#own);
    say(this.#here, view.ships.size === 0 ? "" : String(view.ships.size));
    this.#nobody.hidden = view.ships.size > 0;
    say(
      this.#nobody,
      this.#presence.kind === "asleep"
        ? "Nobody is here. The page notices when somebody comes."
        : "No ship is here.",
    );
  }

  /** Before anything is known of the sector, and when there is nothing to know. */
  #showUnknown(): void {
    const missing = this.#presence.kind === "closed" && this.#presence.error.code === "sector_not_found";
    if (missing) this.#facts.showNone(this.#sectorId);
    else this.#facts.showTitle(this.title);
    say(this.#nobody, missing ? "No ship is here." : "Looking …");
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
    this.#incident.tick();
    const now = this.#situation();
    const license = now?.preview?.license;
    if (license?.state === "expired" && license.expiresAtMs !== this.#endedAtMs) {
      this.#endedAtMs = license.expiresAtMs;
      this.#control.lookAgain();
    }
    this.#panel.show(now);
    this.#station.show(now, this.#control);
    this.#showPresence();
    this.#picture.tick();
  }

  #key(event: KeyboardEvent): void {
    // A key that is held says one thing once.
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof HTMLInputElement || document.querySelector("dialog[open]") !== null) return;
    if (event.key === "0") this.#picture.home();
    else if (this.#panel.key(event.key)) event.preventDefault();
  }
}
