import type {
  InboxDelivery,
  InboxEntry,
  InboxFailureGroup,
  InboxFilter,
  InboxQuery,
  InboxRecord,
  InboxTally,
  OutcomeCount,
} from "../../inbox/inbox-store.ts";
import { openInbox } from "../../inbox/open-inbox.ts";
import { createOutcomeCounts } from "../../inbox/outcome-counts.ts";
import type { StoreInbox } from "../../inbox/store-inbox.ts";
import { groupFailures, matchesFilter, tallyDeliveries } from "./inbox-queries.ts";
import { addAttempt, changeState, type InboxRow, newRow, toDelivery } from "./inbox-row.ts";

/** How many deliveries are kept: the latest. */
const mostDeliveries = 1_000;

/** How many bytes of bodies are kept; beyond it the oldest go. */
const mostBodyBytes = 67_108_864;

/** How many counts are kept, of as many minutes as that makes. */
const mostCounts = 20_000;

/** The memory store's inbox, which answers at once, and what the store's own operations write to it. */
export interface MemoryInbox extends StoreInbox {
  note(attempts: readonly InboxRecord[], counts: readonly OutcomeCount[]): void;
  list(query: InboxQuery): readonly InboxDelivery[];
  count(filter: InboxFilter, limit: number): number;
  find(key: string): InboxEntry | null;
  failures(limit: number): readonly InboxFailureGroup[];
  tally(): readonly InboxTally[];
  counts(since: number): readonly OutcomeCount[];
  dismiss(key: string): boolean;
  dropBody(key: string): boolean;
  /** Writes what an attempt adds that ended a claim. */
  write(record: InboxRecord): void;
  /** Removes up to `limit` rows that are over, and all bodies that are. Returns how many rows went. */
  purge(limit: number): number;
}

export interface MemoryInboxOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Whether a claim of the key stands. */
  readonly isRunning: (key: string) => boolean;
  /** Throws where the store is closed. */
  readonly requireOpen: () => void;
}

/** Keeps the latest deliveries in this process. */
export function createMemoryInbox({ now, isRunning, requireOpen }: MemoryInboxOptions): MemoryInbox {
  const rows = new Map<string, InboxRow>();
  // Which delivery has a sequence: the one that is `mostDeliveries` older makes room. A Map alone finds its first entry
  // the more slowly the more have gone.
  const ring = new Array<string | undefined>(mostDeliveries).fill(undefined);
  const counts = createOutcomeCounts(mostCounts);
  let lastSequence = 0;
  let bodyBytes = 0;

  function setBody(row: InboxRow, body: Uint8Array | null, until: number): void {
    // Nearly always: what succeeds at once has no body to keep, and had none.
    if (body === null && row.body === null) return;
    bodyBytes += (body?.byteLength ?? 0) - (row.body?.byteLength ?? 0);
    row.body = body;
    row.bodyUntil = until;
    for (const older of rows.values()) {
      if (bodyBytes <= mostBodyBytes) return;
      if (older !== row) setBody(older, null, 0);
    }
  }

  function remove(key: string): void {
    const row = rows.get(key);
    if (row === undefined) return;
    setBody(row, null, 0);
    rows.delete(key);
  }

  function insert(record: InboxRecord, time: number): InboxRow {
    const slot = ++lastSequence % mostDeliveries;
    const evicted = ring[slot];
    if (evicted !== undefined && rows.get(evicted)?.sequence === lastSequence - mostDeliveries) {
      remove(evicted);
    }
    const { key } = record.delivery;
    ring[slot] = key;
    const row = newRow(record, lastSequence, time);
    rows.set(key, row);
    return row;
  }

  function add(record: InboxRecord, endsClaim: boolean): void {
    const time = now();
    const known = rows.get(record.delivery.key);
    if (known !== undefined) {
      addAttempt(known, record, time);
      if (!endsClaim) return;
      changeState(known, record);
    }
    const row = known ?? insert(record, time);
    const { body, bodyRetainMs } = record;
    if (body === "drop") setBody(row, null, 0);
    else if (body !== "keep") setBody(row, body, time + bodyRetainMs);
  }

  function* deliveries(): Iterable<InboxDelivery> {
    const time = now();
    for (const row of rows.values()) yield toDelivery(row, isRunning, time);
  }

  return {
    open: openInbox,
    write: (record) => add(record, true),

    note(attempts, added) {
      requireOpen();
      for (const record of attempts) add(record, false);
      counts.add(added);
    },

    list({ before = Number.POSITIVE_INFINITY, after, limit, ...filter }) {
      requireOpen();
      const matching = [...deliveries()].filter(
        (delivery) =>
          delivery.sequence < before && delivery.sequence > (after ?? 0) && matchesFilter(delivery, filter),
      );
      return (after === undefined ? matching.reverse() : matching).slice(0, limit);
    },

    count(filter, limit) {
      requireOpen();
      let found = 0;
      for (const delivery of deliveries()) if (matchesFilter(delivery, filter)) found++;
      return Math.min(found, limit);
    },

    find(key) {
      requireOpen();
      const row = rows.get(key);
      if (row === undefined) return null;
      const { attempts, first, body } = row;
      return {
        delivery: toDelivery(row, isRunning, now()),
        attempts: [...attempts],
        headers: first.headers,
        body,
      };
    },

    failures(limit) {
      requireOpen();
      return groupFailures(deliveries(), limit);
    },

    tally() {
      requireOpen();
      return tallyDeliveries(deliveries());
    },

    counts(since) {
      requireOpen();
      return counts.all().filter(({ minute }) => minute >= since);
    },

    dismiss(key) {
      requireOpen();
      const row = rows.get(key);
      if (row?.state !== "failed" || isRunning(key)) return false;
      row.state = "dismissed";
      return true;
    },

    dropBody(key) {
      requireOpen();
      const row = rows.get(key);
      if (row === undefined || row.body === null) return false;
      setBody(row, null, 0);
      return true;
    },

    purge(limit) {
      const time = now();
      let removed = 0;
      for (const [key, row] of rows) {
        if (row.body !== null && row.bodyUntil <= time) setBody(row, null, 0);
        if (row.expiresAt > time || removed === limit) continue;
        remove(key);
        removed++;
      }
      return removed;
    },
  };
}
