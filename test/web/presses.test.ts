import { strict as assert } from "node:assert";
import { Confirmation, OnceAtATime } from "../../web/model/presses.ts";

describe("what is pressed on the page", () => {
  let nowMs = 0;
  beforeEach(() => {
    nowMs = 5_000;
  });
  const once = () => new OnceAtATime(() => nowMs);

  it("is asked for once, however often it is pressed before it is answered", async () => {
    const acts = once();
    const answers: (() => void)[] = [];
    const upgrade = () => acts.run("upgrade", () => new Promise<void>((resolve) => answers.push(resolve)));
    const first = upgrade();
    assert.equal(await upgrade(), null);
    nowMs += 10_000;
    assert.equal(await upgrade(), null);
    assert.equal(answers.length, 1);
    answers[0]?.();
    await first;
    void upgrade();
    assert.equal(answers.length, 2);
  });

  it("is asked for once by a double click, also where the answer comes in the middle of it", async () => {
    const acts = once();
    let count = 0;
    const upgrade = () => acts.run("upgrade", async () => ++count);
    assert.equal(await upgrade(), 1);
    nowMs += 200;
    assert.equal(await upgrade(), null);
    assert.equal(await acts.run("sell", async () => "sold"), "sold");
    nowMs += 400;
    assert.equal(await upgrade(), 2);
  });

  it("can be asked for again after a refusal", async () => {
    const acts = once();
    await assert.rejects(acts.run("upgrade", () => Promise.reject(new Error("refused"))));
    nowMs += 600;
    assert.equal(await acts.run("upgrade", async () => "done"), "done");
  });

  it("is confirmed by a second press, not by a double click, and for one thing at a time", () => {
    const sure = new Confirmation();
    assert.equal(sure.press("run 1", 1_000), false);
    assert.equal(sure.press("run 1", 1_200), false);
    assert.equal(sure.press("run 2", 2_000), false);
    assert.equal(sure.about, "run 2");
    assert.equal(sure.press("run 2", 2_600), true);
    assert.equal(sure.about, null);
    sure.press("run 2", 4_000);
    sure.drop();
    assert.equal(sure.press("run 2", 5_000), false);
  });
});
