import type { OnProgress } from "../persistence/world.ts";
import type { GalaxySummary } from "../persistence/world-summary.ts";

const BAR_CHARS = 30;

/** Shows how far the writing is: a bar that moves on a terminal, a line for each step elsewhere. */
export function progressOn(stream: { isTTY?: boolean; write(text: string): unknown }): OnProgress {
  return ({ table, rows, total }) => {
    const percent = Math.floor((rows * 100) / total);
    if (!stream.isTTY) {
      stream.write(`${table}: ${rows} of ${total} rows written\n`);
      return;
    }
    const filled = Math.floor((rows * BAR_CHARS) / total);
    const bar = "#".repeat(filled).padEnd(BAR_CHARS, ".");
    stream.write(
      `\r[${bar}] ${`${percent}`.padStart(3)} %  ${table.padEnd(15)}${rows === total ? "\n" : ""}`,
    );
  };
}

/** The galaxy as tables of text, with the densities the game asks for. */
export function describeGalaxy(summary: GalaxySummary): string {
  const { sectors, warps, stations, fields } = summary;
  const origin = summary.seed === null ? "imported" : `seed ${summary.seed}`;
  const warpEnds = warps.twoWay * 2 + warps.oneWay;
  const special = sectors - (summary.sectorTypes.STANDARD ?? 0);
  const tiers = Object.entries(fields.byTier).map(([tier, count]) => `${count} of tier ${tier}`);
  return [
    `Galaxy "${summary.name}" (${origin}): ${sectors} sectors`,
    "",
    table(
      ["region", "type", "sectors"],
      summary.regions.map((region) => [region.name, region.type, region.sectors]),
    ),
    "",
    table(
      ["cluster type", "clusters", "sectors", "special", "asteroid fields", "of the special"],
      [
        ...summary.clusterTypes,
        {
          type: "all",
          clusters: summary.clusterTypes.reduce((sum, row) => sum + row.clusters, 0),
          sectors,
          special,
          asteroidFields: fields.total,
        },
      ].map((row) => [
        row.type,
        row.clusters,
        row.sectors,
        share(row.special, row.sectors),
        share(row.asteroidFields, row.sectors),
        share(row.asteroidFields, row.special),
      ]),
    ),
    "",
    table(
      ["sector type", "sectors", "share"],
      Object.entries(summary.sectorTypes).map(([type, count]) => [type, count, share(count, sectors)]),
    ),
    "",
    `Warps: ${warps.twoWay} both ways, ${warps.oneWay} one way; ${(warpEnds / sectors).toFixed(1)} ways out of a sector.`,
    `Stations: ${stations.total} (${share(stations.total, sectors)} of sectors), ${stations.amRefineries} AM refineries.`,
    `Asteroid fields: ${fields.total}: ${tiers.join(", ")}; ${fields.amClaimed} AM-claimed, ${fields.deep} deep.`,
    "",
  ].join("\n");
}

function share(part: number, whole: number): string {
  return whole === 0 ? "–" : `${((part * 100) / whole).toFixed(1)} %`;
}

/** Columns as wide as their longest cell; figures to the right. */
function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const lines = [head, ...rows].map((row) => row.map(String));
  const pads = head.map((_, column) => {
    const width = Math.max(...lines.map((line) => line[column]?.length ?? 0));
    const holdsFigures = rows.every((row) => /^[\d.]+( %)?$|^–$/.test(String(row[column])));
    return (cell: string) => (holdsFigures ? cell.padStart(width) : cell.padEnd(width));
  });
  return lines
    .map((line) =>
      pads
        .map((pad, column) => pad(line[column] ?? ""))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
