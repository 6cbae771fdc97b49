/** Something that is to happen at a tick. */
export interface Appointment {
  readonly dueTick: number;
  readonly run: () => void;
}

/** A room's running commands by the tick at which they are due: a tick costs what is due, not what is running. */
export class Schedule {
  readonly #byTick = new Map<number, Set<Appointment>>();
  readonly #onAdded: () => void;
  #nextTick = Number.POSITIVE_INFINITY;

  /** @param onAdded called whenever something is put in */
  constructor(onAdded: () => void = () => {}) {
    this.#onAdded = onAdded;
  }

  /** The first tick at which something is due; infinity when nothing is. */
  get nextTick(): number {
    return this.#nextTick;
  }

  add(dueTick: number, run: () => void): Appointment {
    const appointment = { dueTick, run };
    const sameTick = this.#byTick.get(dueTick) ?? new Set();
    sameTick.add(appointment);
    this.#byTick.set(dueTick, sameTick);
    this.#nextTick = Math.min(this.#nextTick, dueTick);
    this.#onAdded();
    return appointment;
  }

  /** @returns false when it has run, or was cancelled before. */
  cancel(appointment: Appointment): boolean {
    const sameTick = this.#byTick.get(appointment.dueTick);
    if (sameTick === undefined || !sameTick.delete(appointment)) return false;
    if (sameTick.size === 0) this.#forget(appointment.dueTick);
    return true;
  }

  /** Takes out everything due at or before `tick`, in order of tick and then of appointment. */
  takeDue(tick: number): Appointment[] {
    const due: Appointment[] = [];
    while (this.#nextTick <= tick) {
      const at = this.#nextTick;
      due.push(...(this.#byTick.get(at) ?? []));
      this.#forget(at);
    }
    return due;
  }

  clear(): void {
    this.#byTick.clear();
    this.#nextTick = Number.POSITIVE_INFINITY;
  }

  #forget(tick: number): void {
    this.#byTick.delete(tick);
    if (tick === this.#nextTick) this.#nextTick = Math.min(Number.POSITIVE_INFINITY, ...this.#byTick.keys());
  }
}
