import { strict as assert } from "node:assert";
import { ServerChild } from "../../loadtest/storm/server-child.ts";
import { useDatabase } from "../support/database.ts";
import { useFolder } from "../support/embedded.ts";
import { makeSector, makeWorld } from "../support/fixtures.ts";
import { MAKES_MISTAKES } from "../support/server-process.ts";
import { until } from "../support/until.ts";

describe("a server in a storm, in which a promise is rejected that nobody waits for", function () {
  this.timeout(20_000);
  const test = useDatabase();
  const dataDir = useFolder();

  it("ends as one in production does, and has both against it: its end, and the error it logged", async () => {
    await makeSector(test.pool, await makeWorld(test.pool), 1);
    const server = await ServerChild.start({
      DATABASE_URL: test.url,
      DATA_DIR: dataDir(),
      ...MAKES_MISTAKES,
    });
    try {
      process.kill(server.pid, "SIGUSR2");
      await server.ended;
      await until("all that it wrote is read", () => server.errors.size > 0);
      assert.match(server.death ?? "", /^ended by itself \(1\):\n/);
      assert.deepEqual(
        [...server.errors],
        [["A rejection that nobody handles: the process ends. Start it again, and report this.", 1]],
      );
    } finally {
      server.kill();
    }
  });
});
