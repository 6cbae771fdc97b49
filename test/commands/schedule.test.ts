import { strict as assert } from "node:assert";
import fc from "fast-check";
import { Schedule } from "../../src/commands/schedule.ts";

describe("a room's schedule", () => {
  it("takes out what is due, by tick and then in the order in which it was made", () => {
    const schedule = new Schedule();
    const ran: string[] = [];
    for (const [tick, name] of [
      [7, "c"],
      [5, "a"],
      [7, "d"],
      [5, "b"],
      [8, "e"],
    ] as const) {
      schedule.add(tick, () => ran.push(name));
    }
    assert.equal(schedule.nextTick, 5);
    assert.deepEqual(schedule.takeDue(4), []);
    for (const appointment of schedule.takeDue(7)) appointment.run();
    assert.deepEqual(ran, ["a", "b", "c", "d"]);
    assert.equal(schedule.nextTick, 8);
  });

  it("cancels what has not been taken out yet, once", () => {
    const schedule = new Schedule();
    const first = schedule.add(3, () => {});
    const second = schedule.add(3, () => {});
    assert.equal(schedule.cancel(first), true);
    assert.equal(schedule.cancel(first), false);
    assert.deepEqual(schedule.takeDue(3), [second]);
    assert.equal(schedule.cancel(second), false);
    assert.equal(schedule.nextTick, Number.POSITIVE_INFINITY);
  });

  it("keeps what is made while something due runs for its own tick", () => {
    const schedule = new Schedule();
    const ran: number[] = [];
    schedule.add(1, () => {
      ran.push(1);
      schedule.add(2, () => ran.push(2));
    });
    for (const appointment of schedule.takeDue(5)) appointment.run();
    assert.deepEqual(ran, [1]);
    for (const appointment of schedule.takeDue(5)) appointment.run();
    assert.deepEqual(ran, [1, 2]);
  });

  it("is empty once it is cleared", () => {
    const schedule = new Schedule();
    schedule.add(1, () => {});
    schedule.clear();
    assert.equal(schedule.nextTick, Number.POSITIVE_INFINITY);
    assert.deepEqual(schedule.takeDue(9), []);
  });

  it("agrees with a sorted list, whatever is added, cancelled and taken out", () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("add" as const), tick: fc.nat(20) }),
      fc.record({ kind: fc.constant("cancel" as const), which: fc.nat(50) }),
      fc.record({ kind: fc.constant("take" as const), tick: fc.nat(20) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const schedule = new Schedule();
        const made: ReturnType<Schedule["add"]>[] = [];
        let waiting: ReturnType<Schedule["add"]>[] = [];
        for (const action of steps) {
          if (action.kind === "add") {
            const appointment = schedule.add(action.tick, () => {});
            made.push(appointment);
            waiting.push(appointment);
          } else if (action.kind === "cancel") {
            const appointment = made[action.which];
            if (appointment === undefined) continue;
            assert.equal(schedule.cancel(appointment), waiting.includes(appointment));
            waiting = waiting.filter((other) => other !== appointment);
          } else {
            const due = waiting.filter(({ dueTick }) => dueTick <= action.tick);
            assert.deepEqual(
              schedule.takeDue(action.tick),
              due.toSorted((a, b) => a.dueTick - b.dueTick),
            );
            waiting = waiting.filter(({ dueTick }) => dueTick > action.tick);
          }
          assert.equal(
            schedule.nextTick,
            Math.min(Number.POSITIVE_INFINITY, ...waiting.map(({ dueTick }) => dueTick)),
          );
        }
      }),
    );
  });
});
