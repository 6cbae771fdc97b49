import { strict as assert } from "node:assert";
import { Gathering } from "../../src/persistence/gathering.ts";

describe("questions that come together", () => {
  /** Asked by `gathering`, not answered yet. */
  interface Asked {
    readonly questions: readonly number[];
    readonly answer: PromiseWithResolvers<readonly string[]>;
  }
  let asked: Asked[];
  let gathering: Gathering<number, string>;
  beforeEach(() => {
    asked = [];
    gathering = new Gathering((questions) => {
      const answer = Promise.withResolvers<readonly string[]>();
      asked.push({ questions, answer });
      return answer.promise;
    });
  });

  function answerLast(): void {
    const last = asked.at(-1);
    last?.answer.resolve(last.questions.map((question) => `answer ${question}`));
  }

  it("wait for the one that is being asked, are asked at once, and get each its own answer", async () => {
    const first = gathering.ask(1);
    const others = [2, 3, 2].map((question) => gathering.ask(question));
    assert.deepEqual(
      asked.map(({ questions }) => questions),
      [[1]],
    );
    answerLast();
    assert.equal(await first, "answer 1");
    assert.deepEqual(asked.at(-1)?.questions, [2, 3, 2]);
    answerLast();
    assert.deepEqual(await Promise.all(others), ["answer 2", "answer 3", "answer 2"]);
    const later = gathering.ask(4);
    assert.deepEqual(asked.at(-1)?.questions, [4]);
    answerLast();
    assert.equal(await later, "answer 4");
  });

  it("fail together, those that wait as well, and the next is asked anew", async () => {
    const failing = [gathering.ask(1), gathering.ask(2)].map((answer) => answer.catch(String));
    asked.at(-1)?.answer.reject(new Error("away"));
    assert.deepEqual(await Promise.all(failing), ["Error: away", "Error: away"]);
    const next = gathering.ask(3);
    assert.deepEqual(asked.at(-1)?.questions, [3]);
    answerLast();
    assert.equal(await next, "answer 3");
  });
});
