/** One line of a result table. */
export interface Row {
  readonly case: string;
  readonly name: string;
  /** What the figure is, as it is printed: `1.04 (1.02–1.07)`. */
  readonly figure: string;
  /** Median microseconds, milliseconds or whatever the part measures, for orientation. */
  readonly absolute: string;
  /** The goal, and whether it is met; empty where a row is only there to compare with. */
  readonly target?: string;
  readonly met?: boolean;
}

/** One part of the benchmark: a table, and the figures behind it. */
export interface Part {
  readonly title: string;
  readonly note: string;
  readonly rows: readonly Row[];
}

/** A part as aligned text. */
export function printPart({ title, note, rows }: Part): void {
  console.log(`\n${title}\n${note}\n`);
  const table = rows.map((row) => [
    row.case,
    row.name,
    row.figure,
    row.absolute,
    row.target ?? "",
    row.met === undefined ? "" : row.met ? "met" : "MISSED",
  ]);
  const header = ["case", "way", "ratio (10th–90th)", "median", "target", ""];
  const lines = [header, ...table];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  for (const line of lines) {
    console.log(`  ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd());
  }
}

/** `1.04 (1.02–1.07)` */
export function ratioText(measured: { ratio: number; ratio10: number; ratio90: number }): string {
  const [middle, low, high] = [measured.ratio, measured.ratio10, measured.ratio90].map(digits);
  return `${middle} (${low}–${high})`;
}

/** `2.13 µs` */
export function microsecondsText(microseconds: number): string {
  return microseconds >= 1000 ? `${(microseconds / 1000).toFixed(2)} ms` : `${digits(microseconds)} µs`;
}

function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
