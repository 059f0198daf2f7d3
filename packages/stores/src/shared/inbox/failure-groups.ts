import type { InboxFailureGroup, InboxTally } from "@latchhook/core";
import { mostCounted, mostTypes } from "./limits.ts";

/** A sender, and when a delivery of it last succeeded. */
export type SenderSuccess = Pick<InboxTally, "provider" | "scope" | "lastSuccessAt">;

/** Groups of one stretch of deliveries after the other, the newest stretch first. */
export type GroupStretches = AsyncIterable<readonly InboxFailureGroup[]>;

const noFailures = { failed: 0, dead: 0, oldestFailedAt: null };

/** Failed and dead deliveries by what they failed with; the newest group first. */
export async function joinFailures(
  stretches: GroupStretches,
  limit: number,
): Promise<readonly InboxFailureGroup[]> {
  const groups = new Map<string, InboxFailureGroup>();
  for await (const stretch of stretches) {
    for (const group of stretch) {
      const id = JSON.stringify([group.provider, group.scope, group.errorName, group.error]);
      const newer = groups.get(id);
      groups.set(id, newer === undefined ? group : joinGroups(newer, group));
    }
  }
  return [...groups.values()].toSorted((one, other) => other.lastAt - one.lastAt).slice(0, limit);
}

/** How many have not succeeded, by provider and scope. */
export async function joinTallies(
  senders: AsyncIterable<SenderSuccess>,
  stretches: GroupStretches,
): Promise<readonly InboxTally[]> {
  const tallies = new Map<string, InboxTally>();
  for await (const sender of senders) tallies.set(senderId(sender), { ...sender, ...noFailures });
  for await (const stretch of stretches) {
    for (const { provider, scope, failed, dead, firstAt } of stretch) {
      const id = senderId({ provider, scope });
      const known = tallies.get(id) ?? { provider, scope, ...noFailures, lastSuccessAt: null };
      tallies.set(id, {
        ...known,
        failed: Math.min(mostCounted, known.failed + failed),
        dead: Math.min(mostCounted, known.dead + dead),
        oldestFailedAt: Math.min(known.oldestFailedAt ?? firstAt, firstAt),
      });
    }
  }
  return [...tallies.values()];
}

function senderId({ provider, scope }: Pick<InboxTally, "provider" | "scope">): string {
  return JSON.stringify([provider, scope]);
}

function joinGroups(newer: InboxFailureGroup, older: InboxFailureGroup): InboxFailureGroup {
  return {
    ...newer,
    failed: Math.min(mostCounted, newer.failed + older.failed),
    dead: Math.min(mostCounted, newer.dead + older.dead),
    firstAt: Math.min(newer.firstAt, older.firstAt),
    lastAt: Math.max(newer.lastAt, older.lastAt),
    types: [...new Set([...newer.types, ...older.types])].slice(0, mostTypes),
  };
}
