import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { initializeRoomCache } from "@colyseus/core/matchmaker/driver";
import { pino } from "pino";
import { SectorDriver } from "../../src/rooms/redis-driver.ts";
import { TinyRedis } from "./tiny-redis.ts";

const SILENT = pino({ level: "silent" });

describe("the directory of rooms in Redis", () => {
  const redis = new TinyRedis();
  const drivers: SectorDriver[] = [];
  before(async () => {
    const url = await redis.start();
    for (let count = 0; count < 5; count++) drivers.push(new SectorDriver(url, SILENT));
  });
  after(async () => {
    await Promise.all(drivers.map((driver) => driver.shutdown()));
    await redis.stop();
  });
  const room = (processId: string) => initializeRoomCache({ roomId: "sector-7", name: "sector", processId });

  it("gives a sector to one of the processes that open it at once", async () => {
    const written = await Promise.all(
      drivers.map((driver, index) => driver.insert(room(`process ${index}`))),
    );
    const winner = written.indexOf(true);
    assert.deepEqual(
      written.map((was, index) => (was ? index : null)).filter((index) => index !== null),
      [winner],
    );
    for (const driver of drivers) {
      const found = await driver.findOne({ roomId: "sector-7" });
      assert.equal(found.processId, `process ${winner}`);
    }
  });
});

it("Colyseus waits 500 ms for another process, unless the operator says otherwise", async () => {
  const script = `
    await import(${JSON.stringify(import.meta.resolve("../../src/transport.ts"))});
    const { REMOTE_ROOM_SHORT_TIMEOUT } = await import(${JSON.stringify(import.meta.resolve("@colyseus/core/utils/Utils"))});
    console.log(REMOTE_ROOM_SHORT_TIMEOUT);`;
  const timeoutMs = async (env: NodeJS.ProcessEnv) => {
    const ran = promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], { env });
    return Number((await ran).stdout);
  };
  assert.equal(await timeoutMs({}), 500);
  assert.equal(await timeoutMs({ COLYSEUS_PRESENCE_SHORT_TIMEOUT: "900" }), 900);
});
