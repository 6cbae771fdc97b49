import { PLAIN_MIX, type PlayOptions, play } from "./play.ts";
import type { Figure, Finding } from "./report.ts";
import type { Settings } from "./settings.ts";

/** The same pilots do the same things, in more and more sectors. */
const SECTORS = [10, 100, 400];
const BOTS = 400;
/** The same number of actions a second, by more and more ships in one sector. */
const SHIPS = [10, 50, 200];
const ACTIONS_PER_SECOND = 20;
/** Only what stays in the sector, so that the crowd stays a crowd. */
const CROWD_MIX = "harvest=80,dock=10,sell=10";

/** What an action costs as the world grows, and as a crowd does. */
export async function growth({ database, isQuick, seconds, progress }: Settings): Promise<Finding> {
  const figures: Figure[] = [];
  const measure = async (what: string, options: Omit<PlayOptions, "database" | "seconds">) => {
    const { cpuMicrosPerAction, cpuPercent, report } = await play({ ...options, database, seconds });
    progress(`${what}: ${cpuMicrosPerAction.toFixed(0)} µs CPU an action`);
    figures.push(
      { what: `${what}: CPU an action`, value: cpuMicrosPerAction, unit: "µs" },
      { what: `${what}: CPU`, value: cpuPercent, unit: "% of a core" },
      { what: `${what}: bytes out an action`, value: report.play.bytesIn / report.play.actions, unit: "B" },
    );
  };
  for (const sectors of isQuick ? [2] : SECTORS) {
    const bots = isQuick ? 4 : BOTS;
    await measure(`${bots} pilots in ${sectors} sectors`, { bots, sectors, every: 5, mix: PLAIN_MIX });
  }
  for (const bots of isQuick ? [4] : SHIPS) {
    const every = bots / ACTIONS_PER_SECOND;
    await measure(`${bots} ships in one sector`, { bots, sectors: 1, every, mix: CROWD_MIX });
  }
  return {
    bench: "growth",
    figures,
    notes: [
      "More sectors: the same actions a second in all; what grows is the upkeep of rooms.",
      "More ships in a sector: the same actions a second in all; what grows is who is told of each.",
    ],
  };
}
