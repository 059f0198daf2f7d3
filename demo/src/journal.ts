import type { EventRow } from "@latchhook/test-app";

/** What is printed as the demo goes, and what is made of it in the end. */
export interface Journal {
  scene(title: string): void;
  /** One line: who sent what, what was answered, and why. */
  line(sender: string, sent: string, answered: string, why: string): void;
  /** Notes whether a promise held. */
  promise(text: string, held: boolean): void;
  rows(rows: readonly EventRow[]): void;
  /** Prints the promises and the verdict. Returns whether all of them held. */
  verdict(seconds: number): boolean;
}

/** A journal that prints to standard output. */
export function createJournal(): Journal {
  const promises: { readonly text: string; readonly held: boolean }[] = [];
  return {
    scene(title) {
      console.log(`\n${title}`);
    },
    line(sender, sent, answered, why) {
      console.log(`  ${sender.padEnd(11)} ${sent.padEnd(57)} ${answered.padEnd(10)} ${why}`.trimEnd());
    },
    promise(text, held) {
      promises.push({ text, held });
    },
    rows(rows) {
      console.log("\nWhat was persisted (GET /events)");
      const header = ["provider", "type", "job", "status", "attempt", "delivery key"];
      printTable([header, ...rows.map(toCells)]);
    },
    verdict(seconds) {
      console.log("\nWhat was promised");
      for (const { text, held } of promises) console.log(`  ${held ? "held  " : "BROKEN"}  ${text}`);
      const broken = promises.filter(({ held }) => !held).length;
      const all = `all ${promises.length} promises held`;
      const some = `${broken} of ${promises.length} promises BROKEN`;
      console.log(`\nVerdict: ${broken === 0 ? all : some}, in ${seconds.toFixed(1)} s.`);
      return broken === 0;
    },
  };
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
