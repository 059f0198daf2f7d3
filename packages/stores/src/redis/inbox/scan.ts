import { type InboxFilter, LatchhookError } from "@latchhook/core";
import { plainText } from "../../shared/inbox/flat-record.ts";
import { readLimitMs } from "../../shared/inbox/limits.ts";
import type { RunInboxScript } from "./inbox.ts";
import { readScripts } from "./read-scripts.ts";
import { column, type FoundRow } from "./row.ts";

/** So many deliveries one script looks at: some milliseconds, in which the server does nothing else. */
export const stretchSize = 100;

/** Above every sequence, in as many digits as search members have. */
export const endOfSequences = 999_999_999_999_999;

export interface Scan {
  readonly filter: InboxFilter;
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  /** At most so many. */
  readonly limit: number;
  readonly answer: "rows" | "count";
}

type Stretch = readonly [next: number | null, matched: number, rows: readonly FoundRow[]];

/** Goes through what may match, one stretch after the other, until there is enough. */
export async function* scanDeliveries(
  run: RunInboxScript,
  { filter, before, after, limit, answer }: Scan,
): AsyncGenerator<Stretch> {
  const order = after === undefined ? "newest" : "oldest";
  const text = filterText(filter);
  const requireTime = startLimit();
  let bound: number | null = Math.min(after ?? before ?? endOfSequences, endOfSequences);
  let left = limit;
  while (bound !== null && left > 0) {
    requireTime();
    const values = [indexFor(filter), order, String(bound), String(stretchSize), String(left), text, answer];
    const stretch: Stretch = await run(readScripts.scan, values);
    yield stretch;
    left -= stretch[1];
    bound = stretch[0];
  }
}

/** Throws, when asked, once the time for a read is over. */
export function startLimit(): () => void {
  const end = performance.now() + readLimitMs;
  return () => {
    if (performance.now() < end) return;
    throw new LatchhookError(
      "store-unavailable",
      `redisStore: reading the inbox took more than ${readLimitMs / 1_000} s. Ask for less: narrow the filter.`,
    );
  };
}

/** The smallest set that has all in a state. */
function indexFor({ state }: InboxFilter): string {
  if (state === "failed" || state === "dead") return "failed";
  return state === "dismissed" ? "dismissed" : "deliveries";
}

function filterText({
  provider,
  scope,
  type,
  error,
  outcome,
  state,
  since,
  until,
  search,
}: InboxFilter): string {
  const equal = [
    [column.provider, provider],
    [column.scope, scope],
    [column.type, type],
    [column.error, error],
  ] as const;
  return JSON.stringify({
    equal: equal.flatMap(([place, value]) => (value === undefined ? [] : [[place, plainText(value)]])),
    ...{ outcome, state, since, until },
    search: search === undefined ? undefined : plainText(search),
  });
}
