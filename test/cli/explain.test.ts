import { strict as assert } from "node:assert";
import { explain } from "../../src/cli/explain.ts";
import { Refusal } from "../../src/errors.ts";

describe("what a command says when something goes wrong", () => {
  it("is a sentence where the rules refuse, and a stack where the fault is ours", () => {
    const refusal = new Refusal("incident_open");
    assert.equal(explain(refusal), refusal.message);
    const fault = new Error("a fault of ours");
    assert.equal(explain(fault), fault.stack);
  });

  it("names what is to be mended: the right setting, and no stack", () => {
    const failed = (code: string, more: object = {}) => Object.assign(new Error("why"), { code, ...more });
    assert.match(explain(failed("57014")), /^The database took too long /);
    for (const code of ["28P01", "28000", "3D000"]) {
      assert.match(explain(failed(code)), /^The database cannot be used: why\. .* DATABASE_URL /);
    }
    assert.match(explain(failed("EACCES", { path: "/data" })), /^why\n.* DATA_DIR /);
    assert.match(explain(failed("ECONNREFUSED")), /DATABASE_URL is right\.$/);
  });
});
