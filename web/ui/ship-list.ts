import type { SectorView, ShipView } from "../model/sector.ts";
import { progressOf, type ServerTime } from "../model/server-time.ts";
import { count, hullName, statusName } from "../model/words.ts";
import { fill, h, keyed, say } from "./dom.ts";
import { icon } from "./icons.ts";

interface Row {
  readonly element: HTMLElement;
  readonly who: HTMLElement;
  readonly what: HTMLElement;
  readonly doing: HTMLElement;
  readonly shield: HTMLElement;
  readonly hull: HTMLElement;
  readonly bars: HTMLElement;
  readonly progress: HTMLElement;
  readonly done: HTMLElement;
  readonly attack: HTMLButtonElement;
  /** What it says now. */
  shown: string;
}

export interface AttackOffer {
  /** Why not; null when it can be done. */
  readonly reason: string | null;
  readonly turns: number | null;
}

interface Options {
  readonly time: ServerTime;
  point(shipId: string | null): void;
  attack(ship: ShipView): void;
}

/** A list that nobody can read to its end is cut; the picture shows all. */
const ROWS_MAX = 120;

/** The ships of a sector in words: who, what, how much is left of them, and how far they are. */
export class ShipList {
  readonly element = h("ul", { class: "rows scroll", "aria-label": "Ships here", tabindex: 0 });
  readonly #options: Options;
  readonly #rows = new Map<string, Row>();
  readonly #kept = new Map<string, HTMLElement>();
  #ships: readonly ShipView[] = [];

  constructor(options: Options) {
    this.#options = options;
  }

  /** @param offer what can be done about a ship; null while only watching */
  show(view: SectorView, own: string, offer: ((ship: ShipView) => AttackOffer | null) | null): void {
    const rank = (ship: ShipView) => {
      if (ship.shipId === own) return 0;
      return ship.action === "fight" ? 1 : ship.action === "harvest" ? 2 : ship.status === "DOCKED" ? 4 : 3;
    };
    this.#ships = [...view.ships.values()]
      .sort((a, b) => rank(a) - rank(b) || (a.pilotName < b.pilotName ? -1 : 1))
      .slice(0, ROWS_MAX);
    keyed(
      this.element,
      this.#ships,
      ({ shipId }) => shipId,
      (ship) => this.#make(ship),
      (_, ship) => this.#update(ship, view, own, offer),
      this.#kept,
    );
    for (const shipId of this.#rows.keys()) if (!this.#kept.has(shipId)) this.#rows.delete(shipId);
  }

  /** What only time changes. */
  tick(view: SectorView): void {
    for (const ship of this.#ships) {
      const row = this.#rows.get(ship.shipId);
      if (row === undefined || ship.action !== "harvest" || view.clock === null) continue;
      const share = progressOf(view.clock, ship, this.#options.time.now());
      row.done.style.width = `${(share * 100).toFixed(1)}%`;
    }
  }

  #make(ship: ShipView): HTMLElement {
    const meter = (className: string) => {
      const bar = h("i");
      return { box: h("div", { class: `meter ${className}` }, bar), bar };
    };
    const [shield, hull, progress] = [meter("shield"), meter("hull"), meter("progress")];
    const row: Row = {
      element: h("li", { class: "ship" }),
      who: h("span", { class: "who" }),
      what: h("span", { class: "what" }),
      doing: h("span", { class: "doing" }),
      shield: shield.bar,
      hull: hull.bar,
      bars: h("span", { class: "bars", role: "img" }, shield.box, hull.box),
      progress: progress.box,
      done: progress.bar,
      attack: h("button", {
        class: "button danger",
        type: "button",
        click: () => this.#options.attack(ship),
      }),
      shown: "",
    };
    const swatch = h("span", { class: "swatch" });
    swatch.style.backgroundColor = /^#[0-9a-f]{6}$/i.test(ship.color) ? ship.color : "#ffffff";
    row.element.append(swatch, row.who, row.doing, row.what, row.bars, row.progress, row.attack);
    row.element.addEventListener("pointerenter", () => this.#options.point(ship.shipId));
    row.element.addEventListener("pointerleave", () => this.#options.point(null));
    this.#rows.set(ship.shipId, row);
    return row.element;
  }

  #update(
    ship: ShipView,
    view: SectorView,
    own: string,
    offer: ((ship: ShipView) => AttackOffer | null) | null,
  ): void {
    const row = this.#rows.get(ship.shipId);
    if (row === undefined) return;
    const offered = ship.shipId === own ? null : (offer?.(ship) ?? null);
    const foe = ship.action === "fight" ? view.ships.get(ship.targetId)?.pilotName : undefined;
    // With hundreds of ships most have not changed, and the page has better things to do.
    const shown = JSON.stringify([ship, own === ship.shipId, foe, offered]);
    if (row.shown === shown) return;
    row.shown = shown;
    say(row.who, ship.shipId === own ? `${ship.pilotName} (you)` : ship.pilotName);
    const doing = foe === undefined ? statusName(ship.status) : `Fighting ${foe}`;
    if (row.doing.textContent !== doing) {
      const sign =
        ship.action === "fight"
          ? "fight"
          : ship.action === "harvest"
            ? "mine"
            : ship.status === "DOCKED"
              ? "station"
              : "ship";
      row.doing.className = `doing ${ship.action === "fight" ? "is-fight" : ship.action === "harvest" ? "is-mine" : ""}`;
      fill(row.doing, icon(sign), doing);
    }
    say(row.what, hullName(ship.hullType));
    row.shield.style.width = percent(ship.shield, ship.shieldMax);
    row.hull.style.width = percent(ship.hull, ship.hullMax);
    row.bars.setAttribute(
      "aria-label",
      `Shield ${ship.shield} of ${ship.shieldMax}, hull ${ship.hull} of ${ship.hullMax}`,
    );
    row.bars.title = `Shield ${ship.shield} of ${ship.shieldMax}, hull ${ship.hull} of ${ship.hullMax}`;
    row.progress.hidden = ship.action !== "harvest";
    this.#showOffer(row, ship, offered);
  }

  #showOffer({ attack }: Row, { pilotName }: ShipView, offer: AttackOffer | null): void {
    attack.hidden = offer === null;
    if (offer === null) return;
    const turns = offer.turns === null ? "" : ` for ${count(offer.turns, "turn")}`;
    const text = `Attack ${pilotName}${turns}`;
    if (attack.dataset.shown !== text) {
      attack.dataset.shown = text;
      attack.setAttribute("aria-label", text);
      fill(attack, icon("fight"), offer.turns);
    }
    attack.setAttribute("aria-disabled", String(offer.reason !== null));
    attack.title = offer.reason ?? text;
  }
}

function percent(part: number, whole: number): string {
  return `${whole === 0 ? 0 : Math.round((part / whole) * 100)}%`;
}
