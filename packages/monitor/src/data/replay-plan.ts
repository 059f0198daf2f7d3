import type { InboxDelivery, InboxFilter } from "@latchhook/core";
import { listDeliveries } from "./delivery-pages.ts";
import type { Source } from "./sources.ts";

/** What a bulk replay takes at most. */
export const mostReplayed = 1_000;

/** What a bulk replay would do. Nothing has run. */
export interface ReplayPlan {
  /** Deliveries that match and have not succeeded, up to what one run takes. */
  readonly planned: number;
  /** Of these, those whose body is kept. */
  readonly replayable: number;
  /** Whether there are more than one run takes. */
  readonly more: boolean;
  readonly types: readonly PlannedType[];
}

export interface PlannedType {
  readonly provider: string;
  readonly scope: string;
  readonly type: string;
  readonly planned: number;
  readonly replayable: number;
  readonly oldestAt: number;
  readonly newestAt: number;
}

const pageSize = 500;

/** Reads what matches; it is counted here, so that the plan says how many have no body any more. */
export async function planReplay(sources: readonly Source[], filter: InboxFilter): Promise<ReplayPlan> {
  const states = filter.state === undefined ? (["failed", "dead"] as const) : [filter.state];
  const rows: InboxDelivery[] = [];
  for (const state of states) {
    if (state === "done" || state === "running") continue;
    let cursor: string | null = null;
    do {
      const page = await listDeliveries(sources, { ...filter, state }, { limit: pageSize, cursor });
      rows.push(...page.deliveries);
      cursor = page.next;
    } while (cursor !== null && rows.length <= mostReplayed);
  }
  const planned = rows.slice(0, mostReplayed);
  return {
    planned: planned.length,
    replayable: planned.filter(({ hasBody }) => hasBody).length,
    more: rows.length > mostReplayed,
    types: byType(planned),
  };
}

function byType(rows: readonly InboxDelivery[]): readonly PlannedType[] {
  const types = new Map<string, PlannedType>();
  for (const { provider, scope, type, hasBody, receivedAt } of rows) {
    const name = JSON.stringify([provider, scope, type]);
    const before = types.get(name);
    types.set(name, {
      provider,
      scope,
      type,
      planned: (before?.planned ?? 0) + 1,
      replayable: (before?.replayable ?? 0) + (hasBody ? 1 : 0),
      oldestAt: Math.min(before?.oldestAt ?? receivedAt, receivedAt),
      newestAt: Math.max(before?.newestAt ?? receivedAt, receivedAt),
    });
  }
  return [...types.values()].sort((one, other) => other.planned - one.planned);
}
