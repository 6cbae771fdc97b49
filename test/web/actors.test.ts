import { strict as assert } from "node:assert";
import { Actors } from "../../web/draw/actors.ts";
import { stationSpot } from "../../web/draw/sector-layout.ts";
import type { SectorView, ShipView } from "../../web/model/sector.ts";

/** A ship beside a station's sign, and not on it. */
const BESIDE_MAX = 12;

const ship: ShipView = {
  ...{
    shipId: "ship",
    pilotId: "pilot",
    pilotName: "Ada",
    color: "#FFFFFF",
    name: "",
    hullType: "SCOUT_SHIP",
  },
  ...{ status: "DOCKED", stationId: "second", hull: 1, hullMax: 1, shield: 1, shieldMax: 1 },
  ...{ action: "", startTick: 0, endTick: 0, targetId: "" },
};

const station = { name: "", stationClass: 1, faction: "", security: "none" };
const view: SectorView = {
  ...{ sectorId: 1, name: "", type: "STANDARD", zone: "", region: "", richness: "", richnessTier: 0 },
  ...{
    depletion: "",
    replenishesAtMs: 0,
    claimedBy: "",
    incident: null,
    evacuatedUntilMs: 0,
    conditions: [],
  },
  ...{ warps: [], clock: null, ships: new Map([["ship", ship]]) },
  stations: ["first", "second"].map((stationId) => ({ stationId, ...station })),
};

function distanceToBerth(actors: Actors): number {
  const [actor] = actors.all;
  assert.ok(actor !== undefined);
  const { x, y } = stationSpot(1);
  return Math.hypot(actor.x - x, actor.y - y);
}

describe("ships in a sector's picture", () => {
  it("are at the station that they are docked at when one first looks", () => {
    const actors = new Actors();
    actors.show(view);
    assert.ok(distanceToBerth(actors) < BESIDE_MAX, `${distanceToBerth(actors)}`);
  });

  it("have flown to it two seconds after they docked, however seldom they are drawn", () => {
    const actors = new Actors();
    const flying = new Map([["ship", { ...ship, status: "IN_SPACE", stationId: "" }]]);
    actors.show({ ...view, ships: flying });
    assert.ok(distanceToBerth(actors) > BESIDE_MAX);
    actors.step(100, false);
    actors.show(view);
    for (const seconds of [200, 201, 202]) actors.step(seconds, false);
    assert.ok(distanceToBerth(actors) < BESIDE_MAX, `${distanceToBerth(actors)}`);
  });

  it("are forgotten as they leave while nothing is drawn, and those who had begun to leave", () => {
    const actors = new Actors();
    const seen = (shipId: string) => ({
      ...view,
      ships: new Map([[shipId, { ...ship, shipId, pilotId: shipId }]]),
    });
    actors.show(seen("first"));
    actors.step(1, false);
    actors.show(seen("second"));
    assert.equal([...actors.all].length, 2);
    actors.show(seen("third"), false);
    actors.show(seen("fourth"), false);
    assert.deepEqual(
      [...actors.all].map(({ ship }) => ship.shipId),
      ["fourth"],
    );
  });

  it("do not jump when they begin to move after a pause in which nothing was drawn", () => {
    const actors = new Actors();
    actors.show({ ...view, ships: new Map([["ship", { ...ship, status: "IN_SPACE", stationId: "" }]]) });
    actors.step(1, false);
    const before = distanceToBerth(actors);
    actors.show(view);
    actors.step(60, false);
    assert.ok(distanceToBerth(actors) > before * 0.8);
  });
});
