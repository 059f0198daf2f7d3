import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** Makes paths in one folder, which is removed after the file's tests. */
export function temporaryFiles(): () => string {
  const folder = mkdtempSync(join(tmpdir(), "latchhook-sqlite-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let count = 0;
  return () => join(folder, `${++count}.db`);
}
