import { strict as assert } from "node:assert";
import { useDatabase } from "../support/database.ts";
import { makeSector, makeWorld } from "../support/fixtures.ts";
import { MAKES_MISTAKES, useServers } from "../support/server-process.ts";

describe("a server in which a promise is rejected that nobody waits for", function () {
  this.timeout(20_000);
  const servers = useServers();
  const test = useDatabase();

  it("ends, and says why, rather than go on with something half done", async () => {
    await makeSector(test.pool, await makeWorld(test.pool), 1);
    const server = await servers.start(test.url, MAKES_MISTAKES);
    server.signal("SIGUSR2");
    assert.deepEqual(await server.ended, { code: 1, signal: null });
    assert.match(
      server.stderr(),
      /"level":60.*"a mistake".*A rejection that nobody handles: the process ends/,
    );
  });
});
