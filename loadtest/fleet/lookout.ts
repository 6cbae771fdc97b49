/** Holds what a sector shows of the own ship against what its pilot was told, whenever nothing has happened for a while. */
import type { Measure } from "./measure.ts";
import type { OwnShip } from "./own-ship.ts";
import type { Session } from "./session.ts";
import type { ShownShip } from "./shown.ts";

/** Patches come at least 2.5 times a second, and this thread reads what has arrived before it looks. */
const SHOWN_MS_MAX = 3_000;

/** What it needs to know of the pilot's session. */
type Stay = Pick<Session, "shipId" | "sectorId" | "isConnected" | "unanswered" | "ledger" | "shown">;

export class Lookout {
  readonly #session: () => Stay | null;
  readonly #ship: Pick<OwnShip, "dockedAt" | "isIdle" | "numbers">;
  readonly #measure: Measure;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    session: () => Stay | null,
    ship: Pick<OwnShip, "dockedAt" | "isIdle" | "numbers">,
    measure: Measure,
  ) {
    this.#session = session;
    this.#ship = ship;
    this.#measure = measure;
  }

  /** Something was asked for, told, or arrived at: what shows it may be on its way. */
  stirred(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => setImmediate(() => this.#look()), SHOWN_MS_MAX).unref();
  }

  /** Writes down what is not shown as the pilot knows it. */
  #look(): void {
    const session = this.#session();
    if (session?.isConnected !== true || session.unanswered > 0) return;
    const { numbers, isIdle, dockedAt } = this.#ship;
    const shown = session.shown;
    if (shown === null || !isIdle || numbers?.turnsReserved !== 0) return;
    const ship = shown.ships.find(({ shipId }) => shipId === session.shipId);
    // Somebody has attacked it: of that its pilot is told when it is over.
    if (ship?.action === "fight") return;
    this.#measure.count("looks at the own ship");
    const there = {
      sectorId: session.sectorId,
      ...{ status: dockedAt === null ? "IN_SPACE" : "DOCKED", stationId: dockedAt ?? "", action: "" },
    };
    const seen = { sectorId: shown.sectorId, ...ownFields(ship) };
    const [known, showing] = [JSON.stringify(there), JSON.stringify(seen)];
    if (known !== showing) session.ledger.shownWrong.push(`shows ${showing} where its pilot knows ${known}`);
  }
}

function ownFields(ship: ShownShip | undefined) {
  if (ship === undefined) return { ship: "none" };
  const { status, stationId, action } = ship;
  return { status, stationId, action };
}
