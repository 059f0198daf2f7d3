import type { InboxDelivery, InboxFailureGroup, InboxFilter, InboxTally } from "../../inbox/inbox-store.ts";

/** Counts end here: there are more. */
const mostCounted = 1_001;

const mostTypes = 5;

/** Whether a delivery is one of those that a filter asks for. */
export function matchesFilter(delivery: InboxDelivery, filter: InboxFilter): boolean {
  const { provider, scope, state, type, outcome, error, since, until, search } = filter;
  const { key, eventId, jobId } = delivery;
  return (
    (provider === undefined || provider === delivery.provider) &&
    (scope === undefined || scope === delivery.scope) &&
    (state === undefined || state === delivery.state) &&
    (type === undefined || type === delivery.type) &&
    (outcome === undefined || outcome === delivery.lastOutcome) &&
    (error === undefined || error === delivery.error) &&
    (since === undefined || delivery.receivedAt >= since) &&
    (until === undefined || delivery.receivedAt < until) &&
    (search === undefined || search === key || search === eventId || search === jobId)
  );
}

/** Failed and dead deliveries by what they failed with; the newest group first. */
export function groupFailures(
  deliveries: Iterable<InboxDelivery>,
  limit: number,
): readonly InboxFailureGroup[] {
  const groups = new Map<string, InboxFailureGroup>();
  for (const delivery of deliveries) {
    if (delivery.state !== "failed" && delivery.state !== "dead") continue;
    const { provider, scope, errorName, error, errorFrame, lastOutcome } = delivery;
    const key = JSON.stringify([provider, scope, errorName, error]);
    groups.set(
      key,
      addFailure(
        groups.get(key) ?? {
          ...{ provider, scope, errorName, error, errorFrame, outcome: lastOutcome, failed: 0, dead: 0 },
          ...{ firstAt: delivery.receivedAt, lastAt: 0, newestKey: delivery.key, types: [] },
        },
        delivery,
      ),
    );
  }
  return [...groups.values()].sort((one, other) => other.lastAt - one.lastAt).slice(0, limit);
}

function addFailure(group: InboxFailureGroup, delivery: InboxDelivery): InboxFailureGroup {
  const { state, receivedAt, lastAt, type, key } = delivery;
  const { types } = group;
  // Deliveries come in the order of their sequence: this one is newer than those before.
  return {
    ...group,
    outcome: delivery.lastOutcome,
    errorFrame: delivery.errorFrame,
    newestKey: key,
    failed: Math.min(mostCounted, group.failed + (state === "failed" ? 1 : 0)),
    dead: Math.min(mostCounted, group.dead + (state === "dead" ? 1 : 0)),
    firstAt: Math.min(group.firstAt, receivedAt),
    lastAt: Math.max(group.lastAt, lastAt),
    types: types.includes(type) || types.length === mostTypes ? types : [...types, type],
  };
}

/** How many have not succeeded, by provider and scope. */
export function tallyDeliveries(deliveries: Iterable<InboxDelivery>): readonly InboxTally[] {
  const tallies = new Map<string, InboxTally>();
  for (const { provider, scope, state, receivedAt, lastAt } of deliveries) {
    const key = JSON.stringify([provider, scope]);
    const tally = tallies.get(key) ?? {
      ...{ provider, scope, failed: 0, dead: 0, oldestFailedAt: null, lastSuccessAt: null },
    };
    const unsuccessful = state === "failed" || state === "dead";
    tallies.set(key, {
      ...tally,
      failed: Math.min(mostCounted, tally.failed + (state === "failed" ? 1 : 0)),
      dead: Math.min(mostCounted, tally.dead + (state === "dead" ? 1 : 0)),
      oldestFailedAt: unsuccessful
        ? Math.min(tally.oldestFailedAt ?? receivedAt, receivedAt)
        : tally.oldestFailedAt,
      lastSuccessAt: state === "done" ? Math.max(tally.lastSuccessAt ?? lastAt, lastAt) : tally.lastSuccessAt,
    });
  }
  return [...tallies.values()];
}
