/** What a benchmark found, and how it is shown. */

/** A figure's goal: at least or at most that much. */
export interface Goal {
  readonly min?: number;
  readonly max?: number;
}

export interface Figure {
  /** What was measured, in a few words. */
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly goal?: Goal;
}

/** One benchmark's figures, with what is needed to read them. */
export interface Finding {
  readonly bench: string;
  readonly figures: readonly Figure[];
  /** Conditions under which they hold, a sentence each. */
  readonly notes: readonly string[];
}

function isMet({ value, goal }: Figure): boolean | null {
  if (goal === undefined) return null;
  return value >= (goal.min ?? Number.NEGATIVE_INFINITY) && value <= (goal.max ?? Number.POSITIVE_INFINITY);
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) return "—";
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function goalText(figure: Figure): string {
  const { min, max } = figure.goal ?? {};
  const parts = [
    ...(min === undefined ? [] : [`≥ ${numberText(min)}`]),
    ...(max === undefined ? [] : [`≤ ${numberText(max)}`]),
  ];
  if (parts.length === 0) return "";
  return `${parts.join(", ")}  ${isMet(figure) ? "met" : "MISSED"}`;
}

/** A table for the terminal. */
export function tableOf({ bench, figures, notes }: Finding): string {
  const rows = figures.map((figure) => [
    figure.what,
    `${numberText(figure.value)} ${figure.unit}`,
    goalText(figure),
  ]);
  const widthOf = (column: number) => Math.max(...rows.map((row) => (row[column] ?? "").length));
  const [what, value] = [widthOf(0), widthOf(1)];
  const lines = rows.map(([a = "", b = "", c = ""]) =>
    `  ${a.padEnd(what)}  ${b.padStart(value)}  ${c}`.trimEnd(),
  );
  return [`${bench}`, ...lines, ...notes.map((note) => `  ${note}`)].join("\n");
}

/** The middle one of an odd number of repetitions: one disturbed repetition does not move it. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
