import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { COMMANDS } from "../../src/commands/catalogue.ts";
import { makeSector } from "../support/fixtures.ts";
import { TRANSPORTS, useGame } from "../support/game.ts";
import type { PilotClient } from "../support/pilot-client.ts";
import { accepted, changesNothing, refused } from "../support/play.ts";

const SECTOR = 1;

const refusalSchema = z.object({
  requestId: z.string(),
  code: z.string(),
  message: z.string(),
  detail: z.looseObject({
    issues: z.array(z.object({ field: z.string(), problem: z.string() })).default([]),
    type: z.unknown().optional(),
  }),
});

/** Something nested deeper than any message has a reason to be. */
function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

const NO_TEXTS = [null, 5, true, {}, ["a"], nested(500)];
const NO_REQUEST_IDS = [
  undefined,
  ...NO_TEXTS,
  "",
  "x".repeat(65),
  "a\u0000b",
  "\n",
  "\u007f",
  "ü",
  "\ufffd",
];
const NO_UUIDS = [...NO_TEXTS, "", "7", "no uuid", `${randomUUID()} `, `{${randomUUID()}}`, 2n ** 63n];
const NO_SECTOR_IDS = [
  ...[undefined, null, "7", true, {}, [7], nested(500)],
  ...[0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e300, 2 ** 53, 2n ** 63n],
];
const NO_BODIES = [undefined, null, 5, -0.5, "harvest", true, [], [{ requestId: "1" }], nested(500)];

/** What each command's fields cannot be, beside a body in which all of them are as they should be. */
const SHAPES: Readonly<Record<string, { good: object; bad: Record<string, readonly unknown[]> }>> = {
  harvest: { good: {}, bad: { shipId: NO_UUIDS } },
  preview_harvest: { good: {}, bad: {} },
  attack: { good: { targetId: randomUUID() }, bad: { targetId: [undefined, ...NO_UUIDS] } },
  flee: { good: {}, bad: {} },
  warp: { good: { sectorId: 7 }, bad: { sectorId: NO_SECTOR_IDS } },
  dock: { good: { stationId: randomUUID() }, bad: { stationId: [undefined, ...NO_UUIDS] } },
  undock: { good: {}, bad: {} },
  claim_hull: { good: {}, bad: {} },
  install_laser: { good: {}, bad: {} },
  upgrade_laser: { good: {}, bad: {} },
  remove_laser: { good: {}, bad: {} },
  buy_license: { good: { sectorId: 7 }, bad: { sectorId: NO_SECTOR_IDS } },
  buy_hull: { good: { hullType: "SCOUT_SHIP" }, bad: { hullType: [undefined, ...NO_TEXTS, "scout"] } },
  board_ship: { good: { shipId: randomUUID() }, bad: { shipId: [undefined, ...NO_UUIDS] } },
  sell_hull: { good: { shipId: randomUUID() }, bad: { shipId: [undefined, ...NO_UUIDS] } },
  deliver_ore: { good: { quantity: 1 }, bad: { quantity: [undefined, "1", 0, -1, 1.5, 1e9, null] } },
  sell: {
    good: { commodity: "ore", quantity: 1 },
    bad: { commodity: [undefined, ...NO_TEXTS, "Ore"], quantity: [undefined, "1", 0, -1, 1.5, 1e9, null] },
  },
};

interface Malformed {
  readonly payload: unknown;
  /** The field that the refusal has to name; empty for the message as a whole. */
  readonly field: string;
  /** What it has to say besides. */
  readonly says?: RegExp;
}

function malformed({ good, bad }: { good: object; bad: Record<string, readonly unknown[]> }): Malformed[] {
  const requestId = "malformed";
  return [
    ...NO_REQUEST_IDS.map((value) => ({ payload: { ...good, requestId: value }, field: "requestId" })),
    { payload: good, field: "requestId" },
    { payload: { ...good, requestId, shipid: "1" }, field: "", says: /"shipid"/ },
    { payload: { ...good, requestId, toString: 1 }, field: "", says: /"toString"/ },
    ...Object.entries(bad).flatMap(([field, values]) =>
      values.map((value) => ({ payload: { ...good, requestId, [field]: value }, field })),
    ),
  ];
}

async function sendAndHear(client: PilotClient, type: string | number, payload: unknown) {
  const answered = client.next("refused");
  client.room.send(type, payload);
  return refusalSchema.parse(await answered);
}

/** What a request over the SDK's own request channel was rejected with. */
async function rejection(asking: Promise<unknown>): Promise<unknown> {
  const outcome = await asking.then(
    (answer) => assert.fail(`answered: ${JSON.stringify(answer)}`),
    (error: unknown) => error,
  );
  return outcome instanceof Error && "reason" in outcome ? outcome.reason : outcome;
}

for (const transport of TRANSPORTS) {
  describe(`messages over ${transport}`, () => {
    const env = { MESSAGES_PER_SECOND_MAX: "1000" };
    const game = useGame({ transport, harvestTicks: 10, env });
    before(() => makeSector(game.pool, game.world, SECTOR));

    for (const { name } of COMMANDS) {
      it(`refuses every ${name} that has another shape than it should, and names the field`, async () => {
        const shape = SHAPES[name];
        assert.ok(shape !== undefined, `a new command: say what ${name} may not look like`);
        const { client } = await game.fly(SECTOR);
        await changesNothing(game, async () => {
          for (const payload of NO_BODIES) {
            const { code, detail } = await sendAndHear(client, name, payload);
            assert.equal(code, "invalid_message");
            assert.ok(detail.issues.length > 0);
          }
          for (const { payload, field, says } of malformed(shape)) {
            const { code, detail } = await sendAndHear(client, name, payload);
            assert.equal(code, "invalid_message", `${name} ${String(Object.entries(payload ?? {}))}`);
            const issue = detail.issues.find((found) => found.field === field);
            assert.ok(issue !== undefined, `${JSON.stringify(detail.issues)} does not name ${field}`);
            if (says !== undefined) assert.match(issue.problem, says);
          }
        });
        assert.equal(client.closed, null);
        await accepted(client.ask("harvest"));
      });
    }

    it("tells a requestId back even when the rest cannot be read, at most 64 characters of it", async () => {
      const { client } = await game.fly(SECTOR);
      for (const [given, told] of [
        ["r-1", "r-1"],
        ["y".repeat(1000), "y".repeat(64)],
        [7, ""],
        [null, ""],
      ] as const) {
        const { requestId } = await sendAndHear(client, "attack", { requestId: given, targetId: 1 });
        assert.equal(requestId, told);
      }
    });

    it("takes requestIds of 1 to 64 printable characters", async () => {
      for (const requestId of ["1", "z".repeat(64), randomUUID(), "~ ' \" \\ ; -- %"]) {
        const { client: pilot } = await game.fly(SECTOR);
        await refused(pilot.ask("undock", { requestId }), "not_docked");
        assert.equal((await accepted(pilot.ask("harvest", { requestId }))).requestId, requestId);
      }
    });

    it("refuses messages that it does not know, and keeps whoever sent them", async () => {
      const { client } = await game.fly(SECTOR);
      await changesNothing(game, async () => {
        for (const type of ["nonsense", "Harvest", "constructor", "__proto__", "toString", 7]) {
          for (const payload of [undefined, null, { requestId: "r" }, nested(500)]) {
            const { code, detail } = await sendAndHear(client, type, payload);
            assert.equal(code, "unknown_message");
            assert.equal(detail.type, type);
          }
        }
        assert.equal((await sendAndHear(client, "", { requestId: "r" })).code, "unknown_message");
      });
      await accepted(client.ask("harvest"));
    });

    it("hears no malformed acknowledgement", async () => {
      const { client } = await game.fly(SECTOR);
      for (const payload of [
        undefined,
        null,
        {},
        { eventId: -1 },
        { eventId: 1e300 },
        { eventId: "1" },
        [],
      ]) {
        client.room.send("ack", payload);
      }
      await accepted(client.ask("harvest"));
    });

    it("refuses whatever a spectator asks for", async () => {
      await game.fly(SECTOR);
      const watcher = await game.spectate(SECTOR);
      await changesNothing(game, async () => {
        for (const [name, { good }] of Object.entries(SHAPES)) {
          await refused(watcher.ask(name, { ...good }), "spectators_cannot_act");
        }
        const { code } = await sendAndHear(watcher, "harvest", null);
        assert.equal(code, "spectators_cannot_act");
      });
    });

    it("answers the SDK's own requests with the same bodies as messages", async () => {
      const { pilot, client } = await game.fly(SECTOR);
      const requestId = randomUUID();
      const answer = await client.room.request("harvest", { requestId });
      const again = await accepted(client.ask("harvest", { requestId }));
      assert.deepEqual(again, { ...answer, repeated: true });
      assert.deepEqual(await client.room.request("harvest", { requestId }), again);

      const sent = { requestId: "r", targetId: pilot.shipId };
      const { type: _, ...told } = { type: 0, ...(await sendAndHear(client, "attack", sent)) };
      const reason = refusalSchema.parse(await rejection(client.room.request("attack", sent)));
      assert.equal(reason.code, "cannot_attack_self");
      assert.deepEqual(reason, told);
      const malformedReason = refusalSchema.parse(await rejection(client.room.request("attack", {})));
      assert.equal(malformedReason.code, "invalid_message");
      const heard = client.told.filter(({ type }) => type === "accepted" || type === "refused");
      assert.equal(heard.length, 2, "what was asked as a request is not told as a message too");
    });

    it("rejects the SDK's own requests of a kind that it does not know", async () => {
      const { client } = await game.fly(SECTOR);
      for (const type of ["nonsense", "constructor", "__proto__"]) {
        const fault = await rejection(client.room.request(type, { requestId: "r" }));
        assert.ok(fault instanceof Error);
        assert.equal(fault.name, "no_handler");
      }
      await accepted(client.ask("harvest"));
    });
  });
}
