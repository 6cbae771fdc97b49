/** What a storm has shown, for people. */
import { availableParallelism, loadavg } from "node:os";
import { describeTruth } from "../truth.ts";
import type { FuzzReport } from "./fuzz.ts";
import type { IdempotencyReport } from "./idempotency.ts";
import type { QueueRaceReport } from "./queue-races.ts";
import type { SoakReport } from "./soak.ts";
import { type Blow, faultsFound, type StormReport } from "./storm.ts";

/** Enough findings to see what is wrong; a broken server would otherwise print everything. */
const SHOWN_MAX = 10;

export function printStorm(report: StormReport, tell: (line: string) => void): void {
  const { blows, truth, errors, fingerprint } = report;
  tell("");
  tell(
    `${"fault".padEnd(36)}${head("times")}${head("back p50")}${head("max")}${head("in doubt")}${head("settled p50")}${head("max")}`,
  );
  for (const [label, same] of Map.groupBy(blows, (blow) => blow.label)) tell(rowOf(label, same));
  tell(rowOf("all", blows));
  tell(
    "Times in ms: from the fault to the next outcome that is committed, and from its end to the last answer",
  );
  tell(`that was under way when it struck. Schedule ${fingerprint}. The machine's load: ${loadOf()}.`);
  const refused = [...report.refusals].sort().map(([sqlstate, count]) => `${count} × ${sqlstate}`);
  tell(`Postgres refused commit queues a statement: ${refused.join(", ") || "never"}.`);
  tell("");
  for (const line of describeTruth(truth, SHOWN_MAX)) tell(line);
  for (const [message, count] of errors) tell(`  logged as an error   ${count} × ${message}`);
  const found = faultsFound(report);
  tell("");
  tell(found.length === 0 ? "The server has stood it." : "The server has NOT stood it:");
  for (const line of found) tell(`  ${line}`);
}

/** Times mean something only where nobody else uses the processors much. */
function loadOf(): string {
  return `${loadavg()
    .map((load) => load.toFixed(1))
    .join(" ")} on ${availableParallelism()} processors`;
}

function head(text: string): string {
  return text.padStart(12);
}

function rowOf(label: string, blows: readonly Blow[]): string {
  const recovered = blows.map(({ recoveredMs }) => recoveredMs ?? Number.POSITIVE_INFINITY);
  const doubtful = blows.filter(({ inDoubt }) => inDoubt > 0);
  const settled = doubtful.map(({ settledMs }) => settledMs ?? Number.POSITIVE_INFINITY);
  const inDoubt = blows.reduce((sum, blow) => sum + blow.inDoubt, 0);
  const cells = [
    String(blows.length),
    ...[middleOf(recovered), Math.max(...recovered)].map(ms),
    String(inDoubt),
    ...[middleOf(settled), Math.max(...settled)].map(ms),
  ];
  return `${label.padEnd(36)}${cells.map(head).join("")}`;
}

function ms(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "never";
  return Number.isFinite(value) ? String(Math.round(value)) : "–";
}

function middleOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

export function printSoak({ storm, samples, drifts }: SoakReport, tell: (line: string) => void): void {
  printStorm(storm, tell);
  tell("");
  tell(`${"what it held".padEnd(20)}${head("early")}${head("late")}   (${samples.length} samples)`);
  for (const { what, early, late, isFlat } of drifts ?? []) {
    const cells = [early, late].map((value) => head(value.toFixed(1))).join("");
    tell(`${what.padEnd(20)}${cells}   ${isFlat ? "flat" : "NOT flat"}`);
  }
}

export function printFuzz(report: FuzzReport, tell: (line: string) => void): void {
  const { frames, requests, seats, answers, findings } = report;
  const growth = (bytes: readonly number[]) =>
    bytes.map((each) => `${(each / 1e6).toFixed(1)} MB`).join(", ");
  tell("");
  tell(
    `${frames} frames and ${requests} HTTP requests from ${seats} seats, half of them over each transport.`,
  );
  tell("How they were answered, apart from a closed line:");
  for (const [answer, count] of [...answers].sort(([, a], [, b]) => b - a))
    tell(`  ${String(count).padStart(9)}  ${answer}`);
  tell(
    `Growth from the first tenth to the end: heap ${growth(report.heapGrowthBytes)}; memory ${growth(report.rssGrowthBytes)}.`,
  );
  tell(
    findings.length === 0
      ? "No server has fallen, and no row has changed."
      : "The servers have NOT stood it:",
  );
  tellSome(findings, tell);
}

export function printIdempotency(report: IdempotencyReport, tell: (line: string) => void): void {
  const { requests, pilots, processes, submissions, putOff, repliesLost, effects, refusals, truth } = report;
  tell(
    `${requests} requests of ${pilots} pilots to ${processes} server(s), sent ${submissions} times, with ${repliesLost} replies to COMMIT lost;`,
  );
  tell(`${putOff} of the copies were told to come again. Schedule ${report.fingerprint}. Load: ${loadOf()}.`);
  tell(`  ${"kind".padEnd(16)}${head("accepted")}${head("effects")}`);
  for (const of of effects)
    tell(`  ${of.kind.padEnd(16)}${head(String(of.accepted))}${head(String(of.effects))}`);
  for (const [what, count] of refusals) tell(`  refused ${count} × ${what}`);
  for (const line of describeTruth(truth, SHOWN_MAX)) tell(line);
  const isSound = report.findings.length === 0;
  tell(isSound ? "One effect each, and one answer to all copies." : "The server has NOT stood it:");
  tellSome(report.findings, tell);
}

export function printQueueRaces(report: QueueRaceReport, tell: (line: string) => void): void {
  const { requests, submissions, repliesLost, effects, findings } = report;
  tell(`${requests} requests, submitted ${submissions} times, with ${repliesLost} replies to COMMIT lost:`);
  tell(`  ${effects.moves} moves, ${effects.turnsSpent} turns spent, ${effects.answers} answers kept`);
  tell(
    findings.length === 0
      ? "One effect each, and one answer to all who asked."
      : "The queue has NOT stood it:",
  );
  tellSome(findings, tell);
}

function tellSome(findings: readonly string[], tell: (line: string) => void): void {
  for (const line of findings.slice(0, SHOWN_MAX)) tell(`  ${line}`);
  if (findings.length > SHOWN_MAX) tell(`  … and ${findings.length - SHOWN_MAX} more`);
}
