/** Scenes of `godot/test/`, played in Godot against the game under test. */
import { strict as assert } from "node:assert";
import { TICK_MS } from "../../src/commands/sector.ts";
import type { GameUnderTest } from "./game.ts";
import { type Run, useGodot } from "./godot.ts";

const SCRIPT = "test/run.gd";

/** What a scene has said under a name. */
export function said({ lines }: Pick<Run, "lines">, name: string): unknown[] {
  const start = `SAY ${name} `;
  return lines.filter((line) => line.startsWith(start)).map((line) => JSON.parse(line.slice(start.length)));
}

/** Time goes by in the game for as long as something runs. */
async function whileTimeGoesBy<Result>(game: GameUnderTest, running: Promise<Result>): Promise<Result> {
  const timer = setInterval(() => game.tick(), TICK_MS);
  try {
    return await running;
  } finally {
    clearInterval(timer);
  }
}

/** Call inside a `describe`. */
export function usePlays(game: GameUnderTest) {
  const godot = useGodot();

  /** Plays a scene as a pilot, and sees that it went well. @param onSay hears the names of what it says as it says it */
  return async function play(
    scene: string,
    pilot: { userId: string } | null = null,
    onSay: (name: string) => void = () => {},
    more: readonly string[] = [],
  ): Promise<Run> {
    const token = pilot === null ? [] : [`--token=${await game.token(pilot.userId)}`];
    const args = [`--scene=${scene}`, `--server=ws://127.0.0.1:${game.port}`, ...token, ...more];
    const running = godot.run(SCRIPT, args, (line) => {
      if (line.startsWith("SAY ")) onSay(line.split(" ")[1] ?? "");
    });
    const run = await whileTimeGoesBy(game, running);
    assert.equal(run.code, 0, run.lines.join("\n"));
    assert.ok(!run.lines.some((line) => /^(SCRIPT )?ERROR/.test(line)), run.lines.join("\n"));
    return run;
  };
}
