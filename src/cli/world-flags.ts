import { DEFAULT_SECTORS, GALAXY_SECTORS, regionsFor } from "../rules/galaxy/defaults.ts";
import { checkRegion, type RegionSpec, SEED_MAX } from "../rules/galaxy/generate.ts";
import { REGION_TYPES } from "../rules/galaxy/vocabulary.ts";
import { REGION_SECTORS } from "../rules/galaxy/zones.ts";
import { type NumberRange, parseFlags, UsageError, wholeNumber } from "./usage.ts";

export const USAGE = `Makes the galaxy that the server plays in, or adds to it. See docs/world.md.

  npm run world                                    show the galaxy; make the default one if there is none
  npm run world -- --seed N [--sectors N]          generate a galaxy (the same seed always gives the same one)
  npm run world -- --region NAME --type TYPE --sectors N [--seed N]
                                                   add a region to the galaxy
  npm run world -- --import FILE                   import a galaxy from a file
  npm run world -- --export FILE                   write the galaxy to a file; goes with any of the above

  --seed N         0 to ${SEED_MAX}; by default WORLD_SEED, or for a region the galaxy's own
  --sectors N      ${GALAXY_SECTORS.min} to ${GALAXY_SECTORS.max} for a galaxy (${DEFAULT_SECTORS} by default); for a region what its type allows
  --type TYPE      ${REGION_TYPES.join(", ")}
  --am-claims P    percent of the asteroid fields open to claims that Astral Mining holds; 50 by default
  --help           this text

The database is that of the server: DATABASE_URL, or the embedded one in DATA_DIR.
Exit codes: 0 done, 1 refused or failed (nothing was written), 2 wrong flags, 129, 130 and 143 stopped by SIGHUP (a closed
terminal), Ctrl-C and SIGTERM.
`;

const SEEDS = { min: 0, max: SEED_MAX };
const PERCENT = { min: 0, max: 100 };

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
  const common = { seed: numberOf(flags, "seed", SEEDS), amClaimShareBps: amClaimShareOf(flags) };
  if (flags.region !== undefined) return { kind: "region", ...common, region: regionOf(flags.region, flags) };
  forbid(flags, ["type"], "it belongs to --region");
  const sectors = numberOf(flags, "sectors", GALAXY_SECTORS);
  if (Object.values(common).every((value) => value === null) && sectors === null) return { kind: "show" };
  return { kind: "generate", ...common, regions: regionsFor(sectors ?? DEFAULT_SECTORS) };
}

function amClaimShareOf(flags: Flags): number | null {
  const percent = numberOf(flags, "am-claims", PERCENT);
  return percent === null ? null : percent * 100;
}

function regionOf(name: string, flags: Flags): RegionSpec {
  const type = REGION_TYPES.find((known) => known === flags.type);
  if (type === undefined) throw new UsageError(`--region needs --type, one of ${REGION_TYPES.join(", ")}.`);
  const sectors = numberOf(flags, "sectors", { ...REGION_SECTORS[type], of: `for a ${type} region` });
  if (sectors === null) throw new UsageError("--region needs --sectors, how many sectors it is to have.");
  const region = { name, type, sectors };
  try {
    checkRegion(region);
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
  return region;
}

function numberOf(flags: Flags, name: "seed" | "sectors" | "am-claims", range: NumberRange): number | null {
  const text = flags[name];
  return text === undefined ? null : wholeNumber(name, text, range);
}

function forbid(flags: Flags, names: readonly (keyof Flags)[], reason: string): void {
  const name = names.find((candidate) => flags[candidate] !== undefined);
  if (name !== undefined) throw new UsageError(`--${name} cannot be used here: ${reason}.`);
}
