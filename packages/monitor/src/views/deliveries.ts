import type { InboxDelivery, InboxFilter, InboxState } from "@latchhook/core";
import { countDeliveries, listDeliveries } from "../data/delivery-pages.ts";
import { findJob, type WatchedJob } from "../data/job-health.ts";
import { type DeliveryFilter, inboxStates, readFilter, resolveCause } from "../data/read-filter.ts";
import { deliveriesPage } from "./deliveries/deliveries-page.ts";
import { deliveryJson } from "./delivery-json.ts";
import type { View, ViewContext } from "./view.ts";

/** All that the list shows. */
export interface DeliveryList {
  readonly filter: DeliveryFilter;
  readonly deliveries: readonly InboxDelivery[];
  readonly next: string | null;
  /** How many match in each state, under the rest of the filter. Counts end at 1,001. */
  readonly counts: Readonly<Record<InboxState | "all", number>>;
  /** The job that was searched for, where it is one. */
  readonly job: WatchedJob | undefined;
  /** Whether a cause was asked for that nothing has failed for any more. */
  readonly gone: boolean;
}

const defaultLimit = 50;
const maxLimit = 200;

/** Did the webhook of job X come? */
export async function deliveries(context: ViewContext): Promise<View> {
  const { query, sources, jobs, now } = context;
  const filter = readFilter(query, now);
  const resolved = await resolveCause(sources, filter);
  const cursor = query.get("before");
  const page =
    resolved === undefined
      ? { deliveries: [], next: null }
      : await listDeliveries(sources, resolved, { limit: limitOf(query), cursor });
  // JSON has no counts, and whoever pages by it should not pay for them.
  const counts =
    context.wantsJson || resolved === undefined ? noCounts : await countStates(context, resolved);
  const job =
    filter.search === undefined || context.wantsJson
      ? undefined
      : await findJob(jobs, filter.provider, filter.search);
  const list: DeliveryList = { filter, ...page, counts, job, gone: resolved === undefined };
  return {
    json: { deliveries: page.deliveries.map(deliveryJson), next: page.next },
    page: () => deliveriesPage(list, context),
  };
}

function limitOf(query: URLSearchParams): number {
  const limit = Number(query.get("limit") ?? defaultLimit);
  return Number.isInteger(limit) && limit > 0 ? Math.min(limit, maxLimit) : defaultLimit;
}

const noCounts = { all: 0, running: 0, failed: 0, dead: 0, done: 0, dismissed: 0 };

async function countStates({ sources }: ViewContext, filter: InboxFilter): Promise<DeliveryList["counts"]> {
  const rest = { ...filter, state: undefined };
  const entries = await Promise.all(
    [undefined, ...inboxStates].map(
      async (state) => [state ?? "all", await countDeliveries(sources, { ...rest, state })] as const,
    ),
  );
  return { ...noCounts, ...Object.fromEntries(entries) };
}
