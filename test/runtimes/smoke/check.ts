/** One thing that must hold on every runtime. */
export interface SmokeCheck {
  readonly name: string;
  /** Throws when it does not hold. */
  run(): Promise<void>;
}

/** What a runtime says of itself, as JSON. */
export interface SmokeReport {
  /** Which file `#crypto` resolved to. */
  readonly crypto: "node:crypto" | "Web Crypto";
  /** Which driver the SQLite store chose, where there are files. */
  readonly sqliteDriver?: string;
  readonly results: readonly SmokeResult[];
}

export interface SmokeResult {
  readonly name: string;
  /** What went wrong, or null. */
  readonly error: string | null;
}

/** Runs the checks one after the other. */
export async function runChecks(checks: readonly SmokeCheck[]): Promise<SmokeResult[]> {
  const results: SmokeResult[] = [];
  for (const check of checks) {
    results.push({ name: check.name, error: await errorOf(check) });
  }
  return results;
}

async function errorOf(check: SmokeCheck): Promise<string | null> {
  try {
    await check.run();
    return null;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

/** Compares by JSON: no runtime's own assertion module is needed. */
export function expectEqual(actual: unknown, expected: unknown): void {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (is !== should) throw new Error(`expected ${should}, got ${is}`);
}
