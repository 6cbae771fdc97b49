import { DEFAULT_SECTORS, regionsFor } from "../rules/galaxy/defaults.ts";
import { checkRegion, checkSeed, type RegionSpec } from "../rules/galaxy/generate.ts";
import { REGION_TYPES } from "../rules/galaxy/vocabulary.ts";
import { parseFlags, UsageError } from "./usage.ts";

export const USAGE = `Makes the galaxy that the server plays in, or adds to it. See docs/world.md.

  npm run world                                    show the galaxy; make the default one if there is none
  npm run world -- --seed N [--sectors N]          generate a galaxy (the same seed always gives the same one)
  npm run world -- --region NAME --type TYPE --sectors N [--seed N]
                                                   add a region to the galaxy
  npm run world -- --import FILE                   import a galaxy from a file
  npm run world -- --export FILE                   write the galaxy to a file; goes with any of the above

  --seed N         0 to 4294967295; by default WORLD_SEED, or for a region the galaxy's own
  --sectors N      20 to 5300 for a galaxy (${DEFAULT_SECTORS} by default); for a region what its type allows
  --type TYPE      ${REGION_TYPES.join(", ")}
  --am-claims P    percent of the asteroid fields open to claims that Astral Mining holds; 50 by default
  --help           this text

The database is that of the server: DATABASE_URL, or the embedded one in DATA_DIR.
Exit codes: 0 done, 1 refused or failed (nothing was written), 2 wrong flags.
`;

export type Task =
  | { kind: "show" }
  | { kind: "generate"; seed: number | null; regions: RegionSpec[]; amClaimShareBps: number | null }
  | { kind: "region"; seed: number | null; region: RegionSpec; amClaimShareBps: number | null }
  | { kind: "import"; file: string };

/** What to do, and where to write the galaxy afterwards. @throws UsageError */
export function readFlags(args: readonly string[]): { task: Task; exportFile: string | null } {
  const flags = flagsIn(args);
  return { task: taskOf(flags), exportFile: flags.export ?? null };
}

function flagsIn(args: readonly string[]) {
  return parseFlags({
    args: [...args],
    options: {
      seed: { type: "string" },
      sectors: { type: "string" },
      region: { type: "string" },
      type: { type: "string" },
      import: { type: "string" },
      export: { type: "string" },
      "am-claims": { type: "string" },
    },
  }).values;
}

type Flags = ReturnType<typeof flagsIn>;

function taskOf(flags: Flags): Task {
  if (flags.import !== undefined) {
    forbid(
      flags,
      ["seed", "sectors", "region", "type", "am-claims"],
      "--import brings a whole galaxy of its own",
    );
    return { kind: "import", file: flags.import };
  }
  const seed = flags.seed === undefined ? null : wholeNumber("seed", flags.seed);
  const sectors = flags.sectors === undefined ? null : wholeNumber("sectors", flags.sectors);
  const percent = flags["am-claims"] === undefined ? null : wholeNumber("am-claims", flags["am-claims"]);
  if (percent !== null && percent > 100) throw new UsageError("--am-claims is a percentage, 0 to 100.");
  const common = { seed, amClaimShareBps: percent === null ? null : percent * 100 };
  return inRange((): Task => {
    if (seed !== null) checkSeed(seed);
    if (flags.region !== undefined) {
      return { kind: "region", ...common, region: regionOf(flags.region, flags.type, sectors) };
    }
    forbid(flags, ["type"], "it belongs to --region");
    if (Object.values(common).every((value) => value === null) && sectors === null) return { kind: "show" };
    return { kind: "generate", ...common, regions: regionsFor(sectors ?? DEFAULT_SECTORS) };
  });
}

function regionOf(name: string, typeName: string | undefined, sectors: number | null): RegionSpec {
  const type = REGION_TYPES.find((known) => known === typeName);
  if (type === undefined) throw new UsageError(`--region needs --type, one of ${REGION_TYPES.join(", ")}.`);
  if (sectors === null) throw new UsageError("--region needs --sectors, how many sectors it is to have.");
  const region = { name, type, sectors };
  checkRegion(region);
  return region;
}

function wholeNumber(flag: string, text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`--${flag} is a whole number, not "${text}".`);
  return Number(text);
}

function forbid(flags: Flags, names: readonly (keyof Flags)[], reason: string): void {
  const name = names.find((candidate) => flags[candidate] !== undefined);
  if (name !== undefined) throw new UsageError(`--${name} cannot be used here: ${reason}.`);
}

/** The generator's limits, told as those of the flags. */
function inRange<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
}
