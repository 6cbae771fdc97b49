/** Mocha's spec reporter, ending in a line of counts that people and programs can read. */
import Mocha from "mocha";

export default class CountingReporter extends Mocha.reporters.Spec {
  readonly #skipped: Mocha.Test[] = [];

  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.on(Mocha.Runner.constants.EVENT_TEST_PENDING, (test) => this.#skipped.push(test));
  }

  override epilogue(): void {
    console.log();
    if (this.failures.length > 0) Mocha.reporters.Base.list(this.failures);
    for (const test of this.#skipped) {
      console.log(`SKIPPED: ${test.fullTitle()}`);
    }
    const { passes, failures, pending } = this.stats;
    console.log(`${passes} passed, ${failures} failed, ${pending} skipped`);
  }
}
