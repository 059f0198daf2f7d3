import type { Entry } from "../../apps/app/src/faults/ledger.ts";
import type { WriteMode } from "./backends.ts";
import type { Sent } from "./sender.ts";

/** What is promised of a store, as far as it differs. */
export interface Promises {
  readonly write: WriteMode;
  /** Whether the store remembers what is completed: memory does not outlive its process. */
  readonly remembers: boolean;
}

/**
 * Compares what senders were told with the rows in the database. Returns every broken promise: an acknowledged
 * delivery that is not persisted, one that was never acknowledged, a second effect where `commit` was used, and a
 * callback that began after the delivery was completed.
 */
export function findBrokenPromises(
  sent: readonly Sent[],
  entries: readonly Entry[],
  { write, remembers }: Promises,
): string[] {
  const broken: string[] = [];
  const byJob = new Map<string, Entry[]>();
  const completedAt = new Map<string, number>();
  for (const entry of entries) {
    const { kind, key, job, at } = entry;
    if (kind === "completion") completedAt.set(key, Math.min(at, completedAt.get(key) ?? at));
    else byJob.set(job, [...(byJob.get(job) ?? []), entry]);
  }

  for (const { job, acknowledgedAt } of sent) {
    const own = byJob.get(job) ?? [];
    const effects = own.filter(({ kind }) => kind === "effect");
    const starts = own.filter(({ kind }) => kind === "start");
    const keys = new Set(own.map(({ key }) => key));
    if (keys.size > 1) broken.push(`${job}: has ${keys.size} keys`);
    if (acknowledgedAt === undefined) {
      broken.push(`${job}: was never acknowledged`);
      continue;
    }
    if (!effects.some(({ at }) => at <= acknowledgedAt)) {
      broken.push(`${job}: was acknowledged, and is not persisted`);
    }
    if (write === "commit" && effects.length > 1) broken.push(`${job}: has ${effects.length} effects`);
    if (!remembers) continue;
    const [key = ""] = keys;
    const end = Math.min(acknowledgedAt, completedAt.get(key) ?? acknowledgedAt);
    const late = starts.filter(({ at }) => at > end);
    for (const { at, process } of late) {
      broken.push(`${job}: process ${process} began ${(at - end).toFixed(1)} ms after completion`);
    }
  }
  return broken;
}
