import { strict as assert } from "node:assert";
import { once } from "node:events";
import { createServer } from "node:http";
import { Calls } from "../../loadtest/fleet/calls.ts";
import { HttpClient } from "../../loadtest/fleet/http.ts";
import { Measure } from "../../loadtest/fleet/measure.ts";

describe("a bot's call that is refused", () => {
  let answers: [status: number, body: object][] = [];
  const server = createServer((request, response) => {
    const [status, body] = answers.shift() ?? [500, { code: "internal" }];
    request.resume().on("end", () => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    });
  });
  before(() => once(server.listen(0, "127.0.0.1"), "listening"));
  after(() => {
    server.close();
    server.closeAllConnections();
  });

  async function called(...told: typeof answers) {
    answers = told;
    const address = server.address();
    assert.ok(typeof address === "object" && address !== null);
    const http = new HttpClient([`http://127.0.0.1:${address.port}`]);
    return new Calls(http, new Measure(), "t").post({ kind: "c", path: "/c", body: {}, intendedMs: 0 });
  }

  it("is made again when the database was away: it may have been carried out", async () => {
    const done = { duplicate: true };
    assert.deepEqual(await called([503, { code: "store_unavailable" }], [200, done]), {
      ...{ answer: done, attempts: 2 },
    });
  });

  it("is refused for good otherwise, unless it was made before", async () => {
    assert.deepEqual(await called([503, { code: "busy" }]), { refused: "busy" });
    const away = { code: "store_unavailable" };
    assert.deepEqual(await called([503, away], [503, { code: "busy" }], [409, { code: "incident_closed" }]), {
      refused: "incident_closed",
    });
  });
});
