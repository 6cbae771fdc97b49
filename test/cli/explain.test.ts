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
});
