import { strict as assert } from "node:assert";
import { mock } from "node:test";
import { Confirmation, OnceAtATime } from "../../web/model/presses.ts";

describe("what is pressed on the page", () => {
  beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
  afterEach(() => mock.timers.reset());

  /** Lets what has been settled go on. */
  const settle = () => new Promise((resolve) => setImmediate(resolve));

  it("is asked for once, however often it is pressed before it is answered", async () => {
    const acts = new OnceAtATime();
    const answers: (() => void)[] = [];
    const upgrade = () => acts.run("upgrade", () => new Promise<void>((resolve) => answers.push(resolve)));
    const first = upgrade();
    assert.equal(await upgrade(), null);
    mock.timers.tick(10_000);
    await settle();
    assert.equal(await upgrade(), null);
    assert.equal(answers.length, 1);
    answers[0]?.();
    await first;
    await settle();
    void upgrade();
    assert.equal(answers.length, 2);
  });

  it("is asked for once by a double click, also where the answer comes in the middle of it", async () => {
    const acts = new OnceAtATime();
    let count = 0;
    const upgrade = () => acts.run("upgrade", async () => ++count);
    assert.equal(await upgrade(), 1);
    mock.timers.tick(200);
    await settle();
    assert.equal(await upgrade(), null);
    assert.equal(await acts.run("sell", async () => "sold"), "sold");
    mock.timers.tick(400);
    await settle();
    assert.equal(await upgrade(), 2);
  });

  it("can be asked for again after a refusal", async () => {
    const acts = new OnceAtATime();
    await assert.rejects(acts.run("upgrade", () => Promise.reject(new Error("refused"))));
    mock.timers.tick(600);
    await settle();
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
