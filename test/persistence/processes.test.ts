import { strict as assert } from "node:assert";
import { connect } from "../../src/persistence/database.ts";
import { makeProcessId, readProcesses, sessionName } from "../../src/persistence/processes.ts";
import { useDatabase } from "../support/database.ts";

/** Linux gives no higher one. */
const PID_MAX = 4_194_304;

describe("the ids of processes", () => {
  const db = useDatabase();

  it("differ where long host names do at their end alone, and are all that Postgres keeps", async () => {
    const hosts = ["a", "b"].map((end) => `sectorkeep-production-deployment-7d9c5b6f4-${end}`);
    const ids = hosts.map((host) => makeProcessId(host, PID_MAX));
    const sessions = ids.map((id) => connect(db.url, { max: 1, applicationName: sessionName(id) }));
    await Promise.all(sessions.map(({ pool }) => pool.query("select")));
    assert.deepEqual(await readProcesses(db.pool), ids.toSorted());
    assert.equal(new Set(ids).size, 2);
    await Promise.all(sessions.map(({ pool }) => pool.end()));
  });
});
