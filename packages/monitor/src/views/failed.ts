import type { InboxFailureGroup } from "@latchhook/core";
import { readCounters } from "../data/counters.ts";
import { matching } from "../data/delivery-pages.ts";
import { type SenderHealth, senderHealth } from "../data/sender-health.ts";
import { isOf } from "../data/sources.ts";
import { causeOf, readFailures, readTallies } from "../data/tallies.ts";
import { total } from "../data/total.ts";
import { iso } from "../page/times.ts";
import { shownError } from "../page/visible.ts";
import { failedPage } from "./failed/failed-page.ts";
import type { View, ViewContext } from "./view.ts";

/** Deliveries that failed for one cause, and what has become of it. */
export interface FailureCause {
  readonly group: InboxFailureGroup;
  readonly cause: string;
  /** How many of the same types came and succeeded after the last of these. Counts end at 1,001. */
  readonly succeededSince: number;
  readonly sender: SenderHealth | undefined;
}

/** So many causes are looked into; what there is beyond is listed without. */
const lookedInto = 20;

/** One bug or many, is it mended, what do I replay? */
export async function failed(context: ViewContext): Promise<View> {
  const { sources, now } = context;
  const groups = await readFailures(sources);
  const [counts, tallies] = await Promise.all([readCounters(sources, now), readTallies(sources)]);
  const causes = await Promise.all(
    groups.map(async (group, index): Promise<FailureCause> => {
      const source = sources.find((one) => isOf(one, group));
      return {
        group,
        cause: await causeOf(group),
        succeededSince: index < lookedInto ? await succeededSince(context, group) : 0,
        sender: source === undefined ? undefined : senderHealth(source, counts, { tallies, groups, now }),
      };
    }),
  );
  return { json: { failures: causes.map(toJson) }, page: () => failedPage(causes, context) };
}

async function succeededSince(
  { sources }: ViewContext,
  { provider, scope, types, lastAt }: InboxFailureGroup,
): Promise<number> {
  const [source] = matching(sources, { provider, scope });
  if (source === undefined) return 0;
  const filter = { provider, scope, state: "done", since: lastAt + 1 } as const;
  const counts = await Promise.all(types.map((type) => source.inbox.count({ ...filter, type })));
  return total(counts, (count) => count);
}

function toJson({ group, cause, succeededSince }: FailureCause) {
  const { firstAt, lastAt, error, ...rest } = group;
  return {
    cause,
    ...rest,
    error: shownError(error),
    firstAt: iso(firstAt),
    lastAt: iso(lastAt),
    succeededSince,
  };
}
