import { readCounters } from "../data/counters.ts";
import { type SenderHealth, senderHealth } from "../data/sender-health.ts";
import { readFailures, readTallies } from "../data/tallies.ts";
import { endpointsPage } from "./endpoints/endpoints-page.ts";
import type { View, ViewContext } from "./view.ts";

/** How is it configured? */
export async function endpoints(context: ViewContext): Promise<View> {
  const { sources, now } = context;
  const [counts, tallies, groups] = await Promise.all([
    readCounters(sources, now),
    readTallies(sources),
    readFailures(sources),
  ]);
  const senders: readonly SenderHealth[] = sources.map((source) =>
    senderHealth(source, counts, { tallies, groups, now }),
  );
  return {
    json: {
      endpoints: sources.flatMap(({ description, inbox }) =>
        description === undefined ? [] : [{ ...description, dropped: inbox?.dropped() ?? null }],
      ),
    },
    page: () => endpointsPage(senders, context),
  };
}
