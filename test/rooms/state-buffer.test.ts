import { strict as assert } from "node:assert";
import { SchemaSerializer } from "@colyseus/core";
import { Reflection } from "@colyseus/schema";
import { fitBuffers, shareHandshake } from "../../src/rooms/state-buffer.ts";
import { Action, SectorState, Ship, Warp } from "../../src/schema/sector.ts";

/** As many as a sector takes. */
const SHIPS = 200;
/** More than a generated galaxy's best hub has; an imported one may. */
const WARPS = 2_000;
/** Names as long as the database lets them be. */
const LONGEST = { pilot: "船".repeat(50), ship: "船".repeat(100) };

describe("a sector full of ships", () => {
  const complaints: string[] = [];
  const { warn } = console;
  before(() => {
    console.warn = (text: string) => complaints.push(text);
  });
  after(() => {
    console.warn = warn;
  });
  afterEach(() => complaints.splice(0));

  function crowded(fit: boolean): { serializer: SchemaSerializer<SectorState>; state: SectorState } {
    const state = new SectorState();
    const serializer = new SchemaSerializer<SectorState>();
    serializer.reset(state);
    for (let count = 0; count < SHIPS; count++) {
      const ship = new Ship();
      Object.assign(ship, {
        shipId: `${count}`.padStart(36, "0"),
        pilotId: "p".repeat(36),
        pilotName: LONGEST.pilot,
        teamId: "t".repeat(36),
        name: LONGEST.ship,
        hullType: "NPC_SENTINEL_INTERDICTOR",
        status: "IN_COMBAT",
        stationId: "s".repeat(36),
        action: Object.assign(new Action(), { kind: "harvest", targetId: "s".repeat(36) }),
      });
      state.ships.set(ship.shipId, ship);
      if (fit) fitBuffers(serializer, state.ships.size, state.warps.size);
    }
    return { serializer, state };
  }

  it("has space for a hub's warps as well", () => {
    const { serializer, state } = crowded(true);
    for (let sectorId = 1; sectorId <= WARPS; sectorId++) {
      state.warps.set(String(sectorId), Object.assign(new Warp(), { sectorId, turnCost: 65_535 }));
    }
    fitBuffers(serializer, SHIPS, WARPS);
    serializer.getFullState();
    assert.deepEqual(complaints, []);
  });

  it("has space for its whole state, and nobody complains", () => {
    const { serializer, state } = crowded(true);
    const bytes = serializer.getFullState();
    assert.deepEqual(complaints, []);
    const decoder = Reflection.decode(serializer.handshake());
    decoder.decode(bytes, { offset: 1 });
    assert.deepEqual(decoder.state.toJSON(), state.toJSON());
  });

  it("has space for a patch in which all of them are new, and the next one follows on", () => {
    const { serializer, state } = crowded(true);
    const decoder = Reflection.decode(serializer.handshake());
    const encoder = serializer["encoder"];
    for (const tick of [1, 2]) {
      state.clockRef.tick = tick;
      decoder.decode(encoder.encode());
      encoder.discardChanges();
    }
    assert.deepEqual(complaints, []);
    assert.deepEqual(decoder.state.toJSON(), state.toJSON());
  });

  it("would be complained about otherwise, for each join again", () => {
    const { serializer, state } = crowded(false);
    for (const tick of [1, 2]) {
      state.clockRef.tick = tick;
      serializer.getFullState();
    }
    assert.equal(complaints.length, 2);
    assert.match(complaints.join(), /buffer overflow/);
  });
});

describe("the description of a state's types", () => {
  it("is made once for all rooms of a kind, and reads any one's state", () => {
    const [first, second] = ["first", "second"].map((name) => {
      const serializer = new SchemaSerializer<SectorState>();
      const state = new SectorState();
      state.name = name;
      serializer.reset(state);
      shareHandshake(serializer);
      return { serializer, state };
    });
    assert.ok(first && second);
    assert.equal(second.serializer.handshake(), first.serializer.handshake());
    second.state.ships.set("a", Object.assign(new Ship(), { shipId: "a" }));
    const decoder = Reflection.decode(second.serializer.handshake());
    decoder.decode(second.serializer.getFullState(), { offset: 1 });
    assert.deepEqual(decoder.state.toJSON(), second.state.toJSON());
  });
});
