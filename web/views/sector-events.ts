import { COLOR, rgb } from "../draw/palette.ts";
import type { SectorScene } from "../draw/sector-scene.ts";
import { Chronicle, type Line } from "../model/chronicle.ts";
import { tellOwnEvent } from "../model/own-events.ts";
import type { SectorView, ShipView } from "../model/sector.ts";
import { pilotEventSchemas, type RoundEvent, sectorEventSchemas } from "../net/wire.ts";

interface Options {
  tell(line: Line): void;
  scene(): SectorScene | null;
  /** The server's time. */
  now(): number;
  /** The ship that this page flies, or empty. */
  own(): string;
}

/** Turns what the room says into sentences of the feed and flashes in the picture. */
export class SectorEvents {
  readonly #options: Options;
  readonly #chronicle = new Chronicle();
  readonly #fights = new Map<string, { attacker: string; defender: string }>();
  #view: SectorView | null = null;
  #count = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  saw(view: SectorView): void {
    const before = this.#view;
    this.#view = view;
    for (const line of this.#chronicle.saw(view)) this.#options.tell(line);
    if (before === null) return;
    for (const ship of before.ships.values()) {
      const now = view.ships.get(ship.shipId);
      if (ship.action === "harvest" && now?.action === "" && now.status !== "IN_COMBAT")
        this.#harvestEnded(ship);
    }
  }

  hear(type: string, payload: unknown): void {
    if (type === "mining_harvest_stopped") {
      const event = sectorEventSchemas.mining_harvest_stopped.safeParse(payload);
      if (!event.success) return;
      this.#options.tell(this.#chronicle.stoppedMining(event.data));
      this.#word(event.data.shipId, "Broken off", "#ff9a8c");
    } else if (type === "combat_update") this.#combat(payload);
    else if (type === "ship_destroyed") {
      const event = sectorEventSchemas.ship_destroyed.safeParse(payload);
      if (event.success) this.#destroyed(event.data.shipId);
    } else if (type === "server_notice") {
      const notice = sectorEventSchemas.server_notice.safeParse(payload);
      if (notice.success) this.#tell("notice", `From the operators: ${notice.data.text}`);
    } else this.#own(type, payload);
  }

  #tell(kind: Line["kind"], text: string): void {
    this.#count++;
    this.#options.tell({ key: `${kind}-${this.#count}`, kind, text });
  }

  #combat(payload: unknown): void {
    const event = sectorEventSchemas.combat_update.safeParse(payload);
    if (!event.success) return;
    const { data } = event;
    if (data.phase === "started") {
      this.#fights.set(data.fightId, { attacker: data.attackerShipId, defender: data.defenderShipId });
      this.#options.tell(
        this.#chronicle.fightStarted(data.fightId, data.attackerShipId, data.defenderShipId),
      );
      return;
    }
    const line =
      data.phase === "round"
        ? this.#chronicle.fightRound(data.fightId, data.round, data.events)
        : this.#chronicle.fightEnded(data.fightId, data.outcome);
    if (line !== null) this.#options.tell(line);
    if (data.phase === "round") for (const each of data.events) this.#showRound(data.fightId, each);
    else this.#fights.delete(data.fightId);
  }

  #showRound(fightId: string, event: RoundEvent): void {
    const fight = this.#fights.get(fightId);
    const scene = this.#options.scene();
    if (fight === undefined || scene === null || event.kind === "escape") return;
    const from = scene.actors.get(fight[event.by]);
    const to = scene.actors.get(fight[event.by === "attacker" ? "defender" : "attacker"]);
    if (from === undefined || to === undefined) return;
    // A miss goes past.
    const past = event.kind === "miss" ? 1.5 : 1;
    const bolt = { toX: from.x + (to.x - from.x) * past, toY: from.y + (to.y - from.y) * past };
    const color = rgb(event.kind === "miss" ? "#8a94a3" : COLOR.red);
    scene.effects.add({ kind: "bolt", x: from.x, y: from.y, ...bolt, color });
    if (event.kind === "damage") scene.effects.hit(to, event.shield, event.hull);
  }

  #destroyed(shipId: string): void {
    this.#options.tell(this.#chronicle.destroyed(shipId));
    const scene = this.#options.scene();
    const at = scene?.actors.get(shipId);
    if (scene === null || at === undefined) return;
    scene.effects.add({ kind: "blast", x: at.x, y: at.y, color: rgb(COLOR.ore), size: 17 });
    scene.effects.add({ kind: "blast", x: at.x, y: at.y, color: rgb(COLOR.red), size: 11 });
    this.#word(shipId, "Destroyed", "#ff9a8c");
  }

  #harvestEnded({ shipId }: ShipView): void {
    const scene = this.#options.scene();
    const at = scene?.actors.get(shipId);
    if (scene === null || at === undefined) return;
    scene.effects.add({ kind: "blast", x: at.x, y: at.y, color: rgb(COLOR.ore), size: 7 });
  }

  /** What happens to this page's own pilot: told to them alone. */
  #own(type: string, payload: unknown): void {
    const text = tellOwnEvent(type, payload, this.#options.now());
    if (text === null) return;
    this.#tell("you", text);
    const completed = pilotEventSchemas.mining_harvest_completed.safeParse(payload);
    if (type === "mining_harvest_completed" && completed.success) {
      this.#word(this.#options.own(), `+${completed.data.ore} ore`, "#ffd08a");
    }
  }

  #word(shipId: string, text: string, color: string): void {
    const scene = this.#options.scene();
    const at = scene?.actors.get(shipId);
    if (scene !== null && at !== undefined)
      scene.effects.add({ kind: "word", x: at.x, y: at.y, text, color });
  }
}
