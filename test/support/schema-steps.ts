import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One step of a schema, as it was released. */
export interface ReleasedStep {
  /** What a database with it is called: `"0002"`. */
  readonly name: string;
  readonly sql: string;
}

/** The numbered SQL files of a folder, in order. A file is written once, with its step, and never changed. */
export function readReleasedSteps(folder: string): readonly ReleasedStep[] {
  return readdirSync(folder)
    .filter((file) => /^\d{4}\.sql$/.test(file))
    .sort()
    .map((file) => ({ name: file.replace(".sql", ""), sql: readFileSync(join(folder, file), "utf8") }));
}

/** What makes a database as it was after each step, from the first on. */
export function stagesOf(steps: readonly ReleasedStep[]): readonly (readonly [name: string, sql: string])[] {
  return steps.map(({ name }, index) => [
    name,
    steps
      .slice(0, index + 1)
      .map(({ sql }) => sql)
      .join("\n"),
  ]);
}

/** The steps as the script that the packages print. */
export function scriptOf(steps: readonly ReleasedStep[]): string {
  return ["BEGIN;\n", ...steps.map(({ sql }) => sql), "COMMIT;\n"].join("\n");
}
