import { styleText } from "node:util";
import type { EventRow } from "@latchhook/test-app";

/** What is printed as the demo goes, and what is made of it in the end. No line is longer than 100 columns. */
export interface Journal {
  /** One of the demo's parts, which a few scenes make. */
  act(title: string): void;
  scene(title: string): void;
  /** One line: who sent what, what was answered, and why. */
  line(sender: string, sent: string, answered: string, why: string): void;
  /** Notes whether a promise held. */
  promise(text: string, held: boolean): void;
  rows(rows: readonly EventRow[]): void;
  /** Prints the promises and the verdict. Returns whether all of them held. */
  verdict(seconds: number): boolean;
  /** What the reader can do, each with the command or the address for it. */
  steps(steps: readonly (readonly [what: string, how: string])[]): void;
}

type Style = Parameters<typeof styleText>[0];

/** Colours on a terminal that has them; none in a pipe, a file, or where NO_COLOR is set. */
const hasColours = process.stdout.isTTY === true && process.stdout.hasColors();

function paint(style: Style, text: string): string {
  return hasColours ? styleText(style, text) : text;
}

/** A journal that prints to standard output. */
export function createJournal(): Journal {
  const promises: { readonly text: string; readonly held: boolean }[] = [];
  return {
    act(title) {
      console.log(`\n${paint(["bold", "cyan"], title)}`);
    },
    scene(title) {
      console.log(`\n${paint("bold", title)}`);
    },
    line(sender, sent, answered, why) {
      const answer = paint(styleOf(answered), answered.padEnd(9));
      console.log(`  ${sender.padEnd(10)} ${sent.padEnd(47)} ${answer} ${paint("dim", why)}`.trimEnd());
    },
    promise(text, held) {
      promises.push({ text, held });
    },
    rows(rows) {
      console.log(`\n${paint("bold", "What was persisted (GET /events)")}`);
      const header = ["provider", "type", "job", "status", "attempt", "delivery key"];
      printTable([header, ...rows.map(toCells)]);
    },
    verdict(seconds) {
      console.log(`\n${paint("bold", "What was promised")}`);
      for (const { text, held } of promises) console.log(`  ${paintVerdict(held, 8)}${text}`);
      const broken = promises.filter(({ held }) => !held).length;
      const all = `all ${promises.length} promises held`;
      const some = `${broken} of ${promises.length} promises BROKEN`;
      const words = paint(["bold", broken === 0 ? "green" : "red"], broken === 0 ? all : some);
      console.log(`\nVerdict: ${words}, in ${seconds.toFixed(1)} s.`);
      return broken === 0;
    },
    steps(steps) {
      for (const [what, how] of steps) console.log(`  ${what.padEnd(34)} ${paint("cyan", how)}`);
    },
  };
}

/** Acknowledged, refused as it should be, or neither. */
function styleOf(answered: string): Style {
  if (answered.startsWith("4")) return "yellow";
  return /^(?:5|no answer|lost)/.test(answered) ? "red" : "green";
}

function paintVerdict(held: boolean, width: number): string {
  return paint(held ? "green" : ["bold", "red"], (held ? "held" : "BROKEN").padEnd(width));
}

/** A job's id, as far as a reader needs it. */
export function shorten(jobId: string): string {
  return jobId.length > 12 ? `${jobId.slice(0, 11)}…` : jobId;
}

function toCells({ provider, type, jobId, status, attempt, key }: EventRow): string[] {
  return [provider, type, shorten(jobId ?? "-"), status ?? "-", String(attempt), `${key.slice(0, 12)}…`];
}

function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) {
    console.log(`  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd());
  }
}
