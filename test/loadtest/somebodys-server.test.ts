import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { checkDatabase } from "../../loadtest/somebodys-server.ts";
import { useDatabase } from "../support/database.ts";

describe("the database of a server that runs already", () => {
  const test = useDatabase();

  it("is not taken for it when a guest who was let in is not there", async () => {
    await assert.rejects(checkDatabase(test.url, [randomUUID()]), /another server's: a guest/);
  });
});
