import { afterEach } from "vitest";

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Runs `cleanup` after the current test, the latest first. */
export function atEnd(cleanup: () => unknown): void {
  cleanups.push(cleanup);
}
