/** As many as arrive in one turn of the event loop on a busy process; more go with the next statement. */
const ASKED_MAX = 500;

interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Questions that come while the database answers others are asked together, in one statement: when a game opens, hundreds
 * come at a time, and most of what each costs is the round trip. A question is always asked after it came, so its answer
 * holds whatever was committed by then.
 */
export class Gathering<Question, Answer> {
  readonly #askAll: (questions: readonly Question[]) => Promise<readonly Answer[]>;
  #waiting: Waiting<Question, Answer>[] = [];
  #isAsking = false;

  /** @param askAll gives the answers in the order of the questions */
  constructor(askAll: (questions: readonly Question[]) => Promise<readonly Answer[]>) {
    this.#askAll = askAll;
  }

  /** @throws what the database threw, to all who wait */
  ask(question: Question): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#waiting.push({ question, resolve, reject });
    if (!this.#isAsking) void this.#askWaiting();
    return promise;
  }

  async #askWaiting(): Promise<void> {
    this.#isAsking = true;
    while (this.#waiting.length > 0) {
      const asked = this.#waiting.splice(0, ASKED_MAX);
      try {
        const answers = await this.#askAll(asked.map(({ question }) => question));
        for (const [index, { resolve, reject }] of asked.entries()) {
          const answer = answers[index];
          if (answer === undefined) reject(new Error("a question was left without an answer"));
          else resolve(answer);
        }
      } catch (error) {
        // Those behind have waited as long, and asking for them would keep them waiting once more.
        for (const { reject } of [...asked, ...this.#waiting.splice(0)]) reject(error);
      }
    }
    this.#isAsking = false;
  }
}
