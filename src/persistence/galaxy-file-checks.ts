import { cutOff } from "../rules/galaxy/graph.ts";
import { canFitMiningLaser } from "../rules/ships.ts";
import { type FileRegion, type GalaxyFile, jsonPath, type Problem } from "./galaxy-file.ts";

/**
 * What is wrong between the parts of a file that are each well-formed: names and numbers that nothing answers to,
 * doubles, zones that do not fit, sectors that nobody could fly to. All of it, in the order of the file.
 */
export function findProblems(file: GalaxyFile): Problem[] {
  const problems: Problem[] = [];
  const report = (path: readonly PropertyKey[], message: string) => {
    problems.push({ path: jsonPath(path), message });
  };
  checkNames(file, report);
  file.regions.forEach((region, index) => {
    checkRegion(region, ["regions", index], report);
  });
  const known = checkSectorIds(file, report);
  checkWarps(file, known, report);
  // With sectors or warps missing, half the galaxy would be reported as cut off.
  if (problems.length === 0) checkConnected(file, report);
  return problems;
}

type Path = readonly PropertyKey[];
type Report = (path: Path, message: string) => void;

function checkNames(file: GalaxyFile, report: Report): void {
  const names = file.regions.map(({ name }) => name);
  reportDoubles(names, (index) => ["regions", index, "name"], "another region has this name", report);
  if (!names.includes(file.start_region)) {
    report(["start_region"], `there is no region "${file.start_region}"; there is ${quoted(names)}`);
  }
  file.regions.forEach(({ name, stations }, index) => {
    if (name !== file.start_region || stations.length > 0) return;
    // Every sector can be reached, so any of the region's stations will do.
    report(
      ["regions", index, "stations"],
      "the start region needs a station, where pilots in pods get a new hull",
    );
  });
}

function checkRegion(region: FileRegion, path: Path, report: Report): void {
  const clusters = region.clusters.map(({ name }) => name);
  reportDoubles(
    clusters,
    (index) => [...path, "clusters", index, "name"],
    "another cluster of the region has this name",
    report,
  );
  checkZones(region, path, report);
  checkKit(region, path, report);
  region.sectors.forEach((sector, index) => {
    const at = [...path, "sectors", index];
    if (!clusters.includes(sector.cluster)) {
      report([...at, "cluster"], `there is no cluster "${sector.cluster}" in the region's clusters`);
    }
    const zone = region.zones.find(({ from, to }) => from <= index + 1 && index + 1 <= to);
    if (sector.zone !== undefined && zone !== undefined && zone.type !== sector.zone) {
      report(
        [...at, "zone"],
        `says ${sector.zone}, but number ${index + 1} of the region lies in ${zone.type} (${zone.from}–${zone.to})`,
      );
    }
    if (sector.type === "ASTEROID_FIELD") return;
    for (const key of ["richness_tier", "deep"] as const) {
      if (sector[key] !== undefined)
        report([...at, key], `only an ASTEROID_FIELD has it; this is ${sector.type}`);
    }
  });
  const ids = new Set(region.sectors.map(({ id }) => id));
  if (!ids.has(region.capital)) {
    report([...path, "capital"], `the region has no sector with the id ${region.capital}`);
  }
  region.stations.forEach(({ sector }, index) => {
    if (ids.has(sector)) return;
    report([...path, "stations", index, "sector"], `the region has no sector with the id ${sector}`);
  });
}

/** Zones follow each other from sector number 1 to the last, so that every sector lies in exactly one. */
function checkZones(region: FileRegion, path: Path, report: Report): void {
  let next = 1;
  region.zones.forEach(({ from, to }, index) => {
    const at = [...path, "zones", index];
    if (from !== next) {
      report([...at, "from"], `has to be ${next}: zones follow each other without a gap or an overlap`);
    }
    if (to < from) report([...at, "to"], `lies before the zone's first sector, ${from}`);
    next = to + 1;
  });
  const last = region.zones.length - 1;
  if (next !== region.sectors.length + 1) {
    report(
      [...path, "zones", last, "to"],
      `the region has ${region.sectors.length} sectors, so its last zone has to end there; it ends at ${next - 1}`,
    );
  }
}

function checkKit(region: FileRegion, path: Path, report: Report): void {
  reportDoubles(
    region.starting_equipment,
    (index) => [...path, "starting_equipment", index],
    "a slot holds one of it, and it is in the list already",
    report,
  );
  const hasLaser = region.starting_equipment.includes("mining_laser");
  if (hasLaser && !canFitMiningLaser(region.starting_ship)) {
    report([...path, "starting_equipment"], `a ${region.starting_ship} cannot carry a mining_laser`);
  }
}

function checkSectorIds(file: GalaxyFile, report: Report): Set<number> {
  const places = file.regions.flatMap((region, r) =>
    region.sectors.map(({ id }, s) => ({ id, path: ["regions", r, "sectors", s, "id"] })),
  );
  const known = new Set<number>();
  for (const { id, path } of places) {
    if (known.has(id)) report(path, `another sector of the galaxy has the id ${id}`);
    known.add(id);
  }
  return known;
}

function checkWarps(file: GalaxyFile, known: ReadonlySet<number>, report: Report): void {
  for (const [index, warp] of file.warps.entries()) {
    for (const end of ["from", "to"] as const) {
      if (!known.has(warp[end])) report(["warps", index, end], `there is no sector with the id ${warp[end]}`);
    }
    if (warp.from === warp.to) report(["warps", index, "to"], "a warp leads to another sector");
  }
  const pairs = file.warps.map(({ from, to }) => `${Math.min(from, to)} and ${Math.max(from, to)}`);
  reportDoubles(
    pairs,
    (index) => ["warps", index],
    "there is a warp between these two already; one that is not one_way goes both ways",
    report,
  );
}

function checkConnected(file: GalaxyFile, report: Report): void {
  const start = file.regions.find(({ name }) => name === file.start_region);
  if (!start) return;
  const warps = file.warps.map((warp) => ({
    sourceSectorId: warp.from,
    destinationSectorId: warp.to,
    isBidirectional: !warp.one_way,
    isLatent: warp.latent,
  }));
  const ids = file.regions.flatMap(({ sectors }) => sectors.map(({ id }) => id));
  const { unreachable, noWayBack } = cutOff(start.capital, ids, warps);
  const unreachableIds = new Set(unreachable);
  const noWayBackIds = new Set(noWayBack);
  file.regions.forEach(({ sectors }, r) => {
    sectors.forEach(({ id }, s) => {
      const path = ["regions", r, "sectors", s];
      if (unreachableIds.has(id)) {
        report(path, `no open warps lead to sector ${id} from the start region's capital, ${start.capital}`);
      } else if (noWayBackIds.has(id)) {
        report(
          path,
          `no open warps lead from sector ${id} back to the start region's capital, ${start.capital}`,
        );
      }
    });
  });
}

function reportDoubles(
  values: readonly string[],
  pathOf: (index: number) => Path,
  message: string,
  report: Report,
): void {
  const seen = new Set<string>();
  values.forEach((value, index) => {
    if (seen.has(value)) report(pathOf(index), message);
    seen.add(value);
  });
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
