import type { InboxDelivery, InboxFilter, InboxPage, MaybePromise } from "@latchhook/core";
import { countLimit } from "../page/words.ts";
import { type ReadableSource, readable, type Source } from "./sources.ts";

/** Deliveries of several endpoints as one list. */
export interface DeliveryPage {
  /** Newest first. */
  readonly deliveries: readonly InboxDelivery[];
  /** Where the next page begins; null where this is the last. */
  readonly next: string | null;
}

/**
 * One page over several endpoints. Each is read on from its own sequence, so none is skipped or shown twice, whatever
 * its clock says.
 *
 * @param cursor `next` of the page before.
 */
export async function listDeliveries(
  sources: readonly Source[],
  filter: InboxFilter,
  { limit, cursor }: { readonly limit: number; readonly cursor: string | null },
): Promise<DeliveryPage> {
  const chosen = matching(sources, filter);
  const starts = readCursor(cursor, chosen.length);
  const pages = await Promise.all(
    chosen.map(({ inbox, ...source }, index): MaybePromise<InboxPage> => {
      const before = starts[index];
      return before === 0 ? noPage : inbox.list({ ...filter, ...named(source), limit, before });
    }),
  );
  const queues = pages.map(({ deliveries }) => deliveries);
  const { taken, used } = merge(queues, limit);
  const positions = pages.map((page, index) => {
    const count = used[index] ?? 0;
    if (count === page.deliveries.length) return page.next ?? 0;
    return page.deliveries[count - 1]?.sequence ?? starts[index] ?? Number.MAX_SAFE_INTEGER;
  });
  const next = positions.some((position) => position > 0) ? positions.join(".") : null;
  return { deliveries: taken, next };
}

const noPage: InboxPage = { deliveries: [], next: null };

/** How many match over all endpoints, up to 1,001. */
export async function countDeliveries(sources: readonly Source[], filter: InboxFilter): Promise<number> {
  const counts = await Promise.all(
    matching(sources, filter).map((source) => source.inbox.count({ ...filter, ...named(source) })),
  );
  return Math.min(
    counts.reduce((total, count) => total + count, 0),
    countLimit,
  );
}

/** The endpoints that a filter leaves. */
export function matching(
  sources: readonly Source[],
  { provider, scope }: InboxFilter,
): readonly ReadableSource[] {
  return readable(sources).filter(
    (source) =>
      (provider === undefined || source.provider === provider) &&
      (scope === undefined || source.scope === scope),
  );
}

function named({
  provider,
  scope,
}: Pick<ReadableSource, "provider" | "scope">): Pick<InboxFilter, "provider" | "scope"> {
  return { provider, scope };
}

/** `next` of a page before: where each endpoint goes on, 0 where it is at its end. Anything else begins anew. */
function readCursor(cursor: string | null, length: number): readonly (number | undefined)[] {
  const positions = /^\d{1,16}(\.\d{1,16})*$/.test(cursor ?? "") ? (cursor ?? "").split(".").map(Number) : [];
  return positions.length === length ? positions : Array.from({ length }, () => undefined);
}

function merge(
  queues: readonly (readonly InboxDelivery[])[],
  limit: number,
): { readonly taken: readonly InboxDelivery[]; readonly used: readonly number[] } {
  const used = queues.map(() => 0);
  const taken: InboxDelivery[] = [];
  while (taken.length < limit) {
    let newest = -1;
    queues.forEach((queue, index) => {
      const head = queue[used[index] ?? 0];
      const best = newest < 0 ? undefined : queues[newest]?.[used[newest] ?? 0];
      if (head !== undefined && (best === undefined || head.receivedAt > best.receivedAt)) newest = index;
    });
    const head = queues[newest]?.[used[newest] ?? 0];
    if (head === undefined) break;
    taken.push(head);
    used[newest] = (used[newest] ?? 0) + 1;
  }
  return { taken, used };
}
