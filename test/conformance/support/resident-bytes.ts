import { readFileSync } from "node:fs";
import type { RunningApp } from "../../apps/app/src/start-app.ts";

/** What the kernel says that a process holds in memory, in bytes; NaN where it has no /proc. */
export function residentBytes({ processId }: RunningApp): number {
  try {
    const status = readFileSync(`/proc/${processId}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024;
  } catch {
    return Number.NaN;
  }
}
