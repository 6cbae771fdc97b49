/** What pilots can do in a play, as fast-check commands that say what they are when they are printed. */
import fc from "fast-check";
import { HARVEST_TICKS, PILOTS, PLACES, type Play, type Request } from "./play.ts";

/** The model keeps the score inside the play; fast-check only needs to know what can be done next. */
export type Command = fc.AsyncCommand<{ play: Play }, Play>;

abstract class Step implements Command {
  abstract check({ play }: Readonly<{ play: Play }>): boolean;
  abstract run(model: { play: Play }, play: Play): Promise<void>;
  abstract toString(): string;
}

class Ask extends Step {
  readonly #index: number;
  readonly #request: Request;

  constructor(index: number, request: Request) {
    super();
    this.#index = index;
    this.#request = request;
  }

  check({ play }: { play: Play }): boolean {
    return play.pilot(this.#index).presence === "connected";
  }

  run(_: unknown, play: Play): Promise<void> {
    return play.ask(this.#index, this.#request);
  }

  toString(): string {
    const { type, ...rest } = this.#request;
    return `${this.#index}:${type}${Object.keys(rest).length > 0 ? JSON.stringify(rest) : ""}`;
  }
}

/** Asks for something that the rules allow at that moment: this leads where chance alone seldom does. */
class AskAllowed extends Step {
  readonly #index: number;
  readonly #choice: number;

  constructor(index: number, choice: number) {
    super();
    this.#index = index;
    this.#choice = choice;
  }

  check({ play }: { play: Play }): boolean {
    return play.pilot(this.#index).presence === "connected" && play.allowed(this.#index).length > 0;
  }

  async run(_: unknown, play: Play): Promise<void> {
    const allowed = play.allowed(this.#index);
    const request = allowed[this.#choice % allowed.length];
    if (request !== undefined) await play.ask(this.#index, request);
  }

  toString(): string {
    return `${this.#index}:allowed(${this.#choice})`;
  }
}

/** Several pilots, each with one request, all at once. */
class AskTogether extends Step {
  readonly #requests: readonly { index: number; request: Request }[];

  constructor(requests: readonly { index: number; request: Request }[]) {
    super();
    this.#requests = requests;
  }

  #possible(play: Play) {
    return this.#requests.filter(({ index }) => play.pilot(index).presence === "connected");
  }

  check({ play }: { play: Play }): boolean {
    return this.#possible(play).length > 1;
  }

  run(_: unknown, play: Play): Promise<void> {
    return play.askTogether(this.#possible(play));
  }

  toString(): string {
    return `together(${this.#requests.map(({ index, request }) => `${index}:${JSON.stringify(request)}`).join(" ")})`;
  }
}

/** Something a pilot does with the connection. */
class Connect extends Step {
  readonly #index: number;
  readonly #what: "join" | "leave" | "drop" | "reconnect";

  constructor(index: number, what: "join" | "leave" | "drop" | "reconnect") {
    super();
    this.#index = index;
    this.#what = what;
  }

  check({ play }: { play: Play }): boolean {
    const { presence } = play.pilot(this.#index);
    if (this.#what === "join") return true;
    return presence === (this.#what === "reconnect" ? "dropped" : "connected");
  }

  run(_: unknown, play: Play): Promise<void> {
    return play[this.#what](this.#index);
  }

  toString(): string {
    return `${this.#index}:${this.#what}`;
  }
}

class Tick extends Step {
  readonly #ticks: number;

  constructor(ticks: number) {
    super();
    this.#ticks = ticks;
  }

  check(): boolean {
    return true;
  }

  run(_: unknown, play: Play): Promise<void> {
    return play.ticks(this.#ticks);
  }

  toString(): string {
    return `tick(${this.#ticks})`;
  }
}

class Again extends Step {
  readonly #number: number;
  readonly #how: "repeat" | "reuse";

  constructor(number: number, how: "repeat" | "reuse") {
    super();
    this.#number = number;
    this.#how = how;
  }

  check({ play }: { play: Play }): boolean {
    return play.canRepeat(this.#number);
  }

  run(_: unknown, play: Play): Promise<void> {
    return play[this.#how](this.#number);
  }

  toString(): string {
    return `${this.#how}(${this.#number})`;
  }
}

const anybody = fc.nat({ max: PILOTS - 1 });
const request: fc.Arbitrary<Request> = fc.oneof(
  { weight: 5, arbitrary: fc.constant({ type: "harvest" } as const) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant("attack" as const), other: anybody }) },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant("warp" as const), to: fc.nat({ max: PLACES - 1 }) }),
  },
  {
    weight: 5,
    arbitrary: fc
      .constantFrom(...(["flee", "dock", "undock", "claim_hull"] as const))
      .map((type) => ({ type })),
  },
);
/** Any number of steps up to `stepsMax`. @param replayPath which of them to take again, as a failure has printed it */
export function anySteps(stepsMax: number, replayPath: string | null): fc.Arbitrary<Iterable<Command>> {
  return fc.commands(
    [
      fc.tuple(anybody, request).map(([index, asked]) => new Ask(index, asked)),
      fc.tuple(anybody, fc.nat({ max: 100 })).map(([index, choice]) => new AskAllowed(index, choice)),
      fc.tuple(anybody, fc.nat({ max: 100 })).map(([index, choice]) => new AskAllowed(index, choice)),
      fc
        .uniqueArray(fc.record({ index: anybody, request }), {
          selector: ({ index }) => index,
          minLength: 2,
          maxLength: PILOTS,
        })
        .map((requests) => new AskTogether(requests)),
      fc
        .tuple(anybody, fc.constantFrom(...(["join", "leave", "drop", "reconnect"] as const)))
        .map(([index, what]) => new Connect(index, what)),
      fc.integer({ min: 1, max: HARVEST_TICKS + 1 }).map((ticks) => new Tick(ticks)),
      fc
        .tuple(fc.nat({ max: 50 }), fc.constantFrom(...(["repeat", "reuse"] as const)))
        .map(([n, how]) => new Again(n, how)),
    ],
    {
      maxCommands: stepsMax,
      // Long plays, not short ones made longer only when nothing is found.
      size: "max",
      ...(replayPath !== null && { replayPath }),
    },
  );
}
