import type { BulkReplay, Inbox } from "../inbox.ts";
import type { InboxDelivery, InboxFilter, InboxState, InboxStore } from "./inbox-store.ts";

const mostPlanned = 1_000;
const pageSize = 500;
const atOnce = 4;
const failuresInARow = 10;

/** What did not run: nothing failed, and nothing succeeded. */
const skipped: ReadonlySet<string> = new Set([
  "already-done",
  "duplicate",
  "in-flight",
  "no-body",
  "not-found",
  "unreadable",
]);

type Counts = { -readonly [Member in keyof BulkReplay]: BulkReplay[Member] };

/** Replays what matches a filter, oldest first. */
export function createReplayAll(
  store: InboxStore,
  narrow: (filter: InboxFilter) => InboxFilter | undefined,
  replay: Inbox["replay"],
): Inbox["replayAll"] {
  return async function replayAll(filter, { actor, force, limit = mostPlanned, signal, onProgress }) {
    const narrowed = narrow(filter);
    const most = Math.min(mostPlanned, limit);
    const keys = narrowed === undefined ? [] : await plan(store, narrowed, most);
    const counts: Counts = { planned: keys.length, succeeded: 0, failed: 0, skipped: 0, ended: null };
    let next = 0;
    let failedInARow = 0;

    async function work(): Promise<void> {
      while (next < keys.length && failedInARow < failuresInARow && signal?.aborted !== true) {
        const { code } = await replay(keys[next++] as string, { actor, force });
        if (skipped.has(code)) counts.skipped++;
        else if (code === "processed") {
          counts.succeeded++;
          failedInARow = 0;
        } else {
          counts.failed++;
          failedInARow++;
        }
        tell(onProgress, counts);
      }
    }

    await Promise.all(Array.from({ length: atOnce }, work));
    counts.ended = next >= keys.length ? "all" : signal?.aborted === true ? "cancelled" : "failures";
    return counts;
  };
}

/** The keys of what has not succeeded, or of what is in the state that the filter names. */
async function plan(store: InboxStore, filter: InboxFilter, limit: number): Promise<readonly string[]> {
  const states: readonly InboxState[] = filter.state === undefined ? ["failed", "dead"] : [filter.state];
  const found = await Promise.all(states.map((state) => oldest(store, { ...filter, state }, limit)));
  return found
    .flat()
    .sort((one, other) => one.sequence - other.sequence)
    .slice(0, limit)
    .map(({ key }) => key);
}

async function oldest(
  store: InboxStore,
  filter: InboxFilter,
  limit: number,
): Promise<readonly InboxDelivery[]> {
  const found: InboxDelivery[] = [];
  while (found.length < limit) {
    const after = found.at(-1)?.sequence ?? 0;
    const page = await store.list({ ...filter, after, limit: Math.min(pageSize, limit - found.length) });
    found.push(...page);
    if (page.length < pageSize) break;
  }
  return found;
}

/** Whoever is told cannot stop the rest by failing. */
function tell(onProgress: ((progress: BulkReplay) => void) | undefined, counts: BulkReplay): void {
  try {
    onProgress?.({ ...counts });
  } catch {
    // It has `signal` to stop by.
  }
}
