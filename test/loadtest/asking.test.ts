import { strict as assert } from "node:assert";
import { Asking } from "../../loadtest/fleet/asking.ts";
import { newLedger } from "../../loadtest/fleet/ledger.ts";
import { Measure } from "../../loadtest/fleet/measure.ts";

type Answer = { readonly accepted: Record<string, unknown> } | { readonly refused: string };

const NEW: Answer = { accepted: { harvestId: "h1" } };
const OTHER: Answer = { accepted: { harvestId: "h2" } };
const REPEATED: Answer = { accepted: { harvestId: "h1", repeated: true } };
const FAILED: Answer = { refused: "internal" };
const PUT_OFF: Answer = { refused: "busy" };

/** Asks for one thing, sent so many times, and hears these answers. @returns what is wrong with them */
function heard(copies: number, answers: readonly Answer[], answeredId = "r1"): readonly string[] {
  const ledger = newLedger("Mira", "");
  const asking = new Asking(ledger, new Measure(), { send: () => true, silent: () => {} });
  void asking.ask("harvest", {}, 0, { requestId: "r1", copies });
  for (const answer of answers) {
    if ("refused" in answer) asking.refused({ requestId: answeredId, code: answer.refused });
    else {
      const told = asking.accepted({ requestId: answeredId, ...answer.accepted });
      if (told !== null) asking.settle(told.record, null);
    }
  }
  asking.giveUp();
  return ledger.toldTwice;
}

describe("what a bot makes of answers", () => {
  it("takes one answer to one request, and as many as it has sent copies", () => {
    assert.deepEqual(heard(1, [NEW]), []);
    assert.deepEqual(heard(1, [FAILED]), []);
    assert.deepEqual(heard(2, [NEW, REPEATED]), []);
    assert.deepEqual(heard(2, [REPEATED, REPEATED]), [], "the first answer was lost with its line");
    assert.deepEqual(heard(3, [NEW, PUT_OFF, REPEATED]), [], "a copy may be put off");
  });

  it("notes a second answer to a request that it has sent once, whatever it says", () => {
    for (const second of [NEW, REPEATED, FAILED, PUT_OFF]) {
      for (const first of [NEW, FAILED]) assert.notDeepEqual(heard(1, [first, second]), []);
    }
    assert.deepEqual(heard(1, [FAILED, NEW]), [
      "harvest r1 was answered 2 times, and sent 1 times: accepted at last",
    ]);
  });

  it("notes answers to copies that contradict each other, and one answered as repeated that was sent once", () => {
    assert.notDeepEqual(heard(2, [NEW, FAILED]), []);
    assert.notDeepEqual(heard(2, [NEW, NEW]), []);
    assert.notDeepEqual(heard(2, [NEW, OTHER]), []);
    assert.notDeepEqual(heard(1, [REPEATED]), []);
  });

  it("counts what has no answer yet with what it has waited by now, unless its line was lost", () => {
    const measure = new Measure();
    const asking = new Asking(newLedger("Mira", ""), measure, { send: () => true, silent: () => {} });
    void asking.ask("harvest", {}, 1_000);
    void asking.ask("warp", {}, 0, { requestId: "r1", copies: 2 });
    asking.measureWaiting(8_000);
    const { harvest, warp } = Object.fromEntries(measure.latencies());
    assert.deepEqual([harvest?.count, harvest?.unanswered, warp], [1, 1, undefined]);
    assert.equal(Math.round((harvest?.maxMs ?? 0) / 100), 70);
    asking.giveUp();
  });

  it("notes an answer to what it has never asked for, a refusal too", () => {
    for (const answer of [NEW, FAILED]) assert.equal(heard(1, [answer], "r2").length, 1);
  });
});
