import type { Inbox, InboxTally, InstrumentedEndpoint } from "@latchhook/core";
import type { CountedJobs } from "./counted-jobs.ts";
import type { Labels } from "./recorder.ts";
import { within } from "./within.ts";

/** One value of a gauge that is read when metrics are. */
export interface Reading {
  readonly metric: "deliveries" | "oldestFailedAge" | "jobs";
  readonly labels: Labels;
  readonly value: number;
}

/** What is not told as it happens, but asked for when metrics are read. */
export interface Sources {
  /** Notes a receiver's inbox. Of several with one provider and scope only the last is asked, for they keep the same. */
  attach(endpoint: InstrumentedEndpoint): void;
  /** Those values that can be had in time. Readings at one time share the questions. */
  read(): Promise<readonly Reading[]>;
  /** How many attempts inboxes have dropped so far. */
  dropped(): number;
}

/** For how long a source is waited for: Prometheus gives up after 10 s by default, and other metrics must not be lost. */
const longestWaitMs = 2_000;

export function createSources(trackers: readonly CountedJobs[]): Sources {
  const inboxes = new Map<string, InstrumentedEndpoint & { readonly inbox: Inbox }>();
  /** All of them, for each drops for itself. Weakly, for on Workers each request has its own. */
  let attached: WeakRef<Inbox>[] = [];
  const counted = new WeakMap<Inbox, number>();
  const running = new Map<object, Promise<readonly Reading[]>>();
  let dropped = 0;

  /** A source that hangs is not asked a second time meanwhile. */
  function ask(source: object, read: () => Promise<readonly Reading[]>): Promise<readonly Reading[]> {
    const asked = running.get(source) ?? read().finally(() => running.delete(source));
    running.set(source, asked);
    return within(asked, longestWaitMs, []);
  }

  return {
    attach({ provider, scope, inbox }) {
      if (inbox === undefined) return;
      inboxes.set(JSON.stringify([provider, scope]), { provider, scope, inbox });
      attached = attached.filter((reference) => reference.deref() !== undefined);
      attached.push(new WeakRef(inbox));
    },
    async read() {
      const readings = [
        ...[...inboxes.values()].map((endpoint) => ask(endpoint.inbox, () => readInbox(endpoint))),
        ...trackers.map((tracker) => ask(tracker, () => readJobs(tracker))),
      ];
      return (await Promise.all(readings)).flat();
    },
    dropped() {
      for (const reference of attached) {
        const inbox = reference.deref();
        if (inbox === undefined) continue;
        const now = inbox.dropped();
        dropped += now - (counted.get(inbox) ?? 0);
        counted.set(inbox, now);
      }
      return dropped;
    },
  };
}

async function readInbox({
  provider,
  scope,
  inbox,
}: InstrumentedEndpoint & { readonly inbox: Inbox }): Promise<readonly Reading[]> {
  const labels = { provider, scope };
  const [tally] = await inbox.tally();
  return [
    { metric: "deliveries", labels: { ...labels, state: "failed" }, value: tally?.failed ?? 0 },
    { metric: "deliveries", labels: { ...labels, state: "dead" }, value: tally?.dead ?? 0 },
    { metric: "oldestFailedAge", labels, value: ageOf(tally) },
  ];
}

function ageOf(tally: InboxTally | undefined): number {
  const since = tally?.oldestFailedAt ?? null;
  return since === null ? 0 : Math.max(0, Date.now() - since) / 1_000;
}

async function readJobs(tracker: CountedJobs): Promise<readonly Reading[]> {
  const counts = await tracker.counts();
  return counts.map(({ provider, status, count }) => ({
    metric: "jobs",
    labels: { provider, status },
    value: count,
  }));
}
