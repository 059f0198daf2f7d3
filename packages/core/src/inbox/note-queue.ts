import { unreference } from "../shared/unreference.ts";
import type { InboxLog } from "./inbox-log.ts";
import type { InboxRecord, InboxStore, OutcomeCount } from "./inbox-store.ts";
import { createOutcomeCounts } from "./outcome-counts.ts";

/** An attempt that waits to be written. */
export interface Note {
  readonly toRecord: () => Promise<InboxRecord>;
  /** How many bytes it holds until then. */
  readonly bytes: number;
}

/** What waits to be written to the inbox, apart from what changes a claim. */
export interface NoteQueue {
  /** Whether a note may hold so many bytes of its body. */
  admits(bytes: number): boolean;
  add(note: Note): void;
  count(count: OutcomeCount): void;
  /** Writes what waits. Never rejects: what cannot be written is dropped, and counted. */
  flush(): Promise<void>;
  /** Resolves once what waits now is written, or dropped, in its own time. */
  settled(): Promise<void>;
  /** How many attempts were dropped. */
  dropped(): number;
}

const batchRows = 100;
const attemptsWaitMs = 250;
/** Counts are added up, so a longer wait is fewer writes. */
const countsWaitMs = 1_000;
const pauseAfterFailureMs = 5_000;
const mostNotes = 10_000;
const mostNoteBytes = 33_554_432;
const mostCounts = 10_000;

/** Writes in batches, one after the other: at most 250 ms after an attempt, or when there are 100 of them. */
export function createNoteQueue(store: InboxStore, log?: InboxLog): NoteQueue {
  let notes: Note[] = [];
  let bytes = 0;
  let dropped = 0;
  /** How many were dropped before it failed; undefined while it does not. */
  let droppedBefore: number | undefined;
  const counts = createOutcomeCounts(mostCounts);
  let writing: Promise<boolean> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let dueAt = Number.POSITIVE_INFINITY;
  let pausedUntil = 0;
  let waiting: (() => void)[] = [];

  function schedule(waitMs: number): void {
    const at = Math.max(performance.now() + waitMs, pausedUntil);
    if (at >= dueAt) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(() => void write(), at - performance.now());
    unreference(timer);
  }

  /** Whether all of it could be written. */
  function write(): Promise<boolean> {
    clearTimeout(timer);
    dueAt = Number.POSITIVE_INFINITY;
    writing ??= writeAll().finally(() => {
      writing = undefined;
      for (const resolve of waiting) resolve();
      waiting = [];
      if (counts.size() > 0 || notes.length > 0) schedule(countsWaitMs);
    });
    return writing;
  }

  async function writeAll(): Promise<boolean> {
    while (notes.length > 0 || counts.size() > 0) {
      const batch = notes.slice(0, batchRows);
      notes = notes.slice(batchRows);
      const taken = counts.take();
      try {
        await store.note(await Promise.all(batch.map(({ toRecord }) => toRecord())), taken);
        if (droppedBefore !== undefined) log?.recovered(dropped - droppedBefore);
        droppedBefore = undefined;
      } catch (error) {
        if (droppedBefore === undefined) log?.failed(error);
        droppedBefore ??= dropped;
        dropped += batch.length;
        // Counts hold no more memory for being kept, and say what happened while the store was away.
        counts.add(taken);
        pausedUntil = performance.now() + pauseAfterFailureMs;
        return false;
      } finally {
        for (const note of batch) bytes -= note.bytes;
      }
    }
    return true;
  }

  return {
    admits: (more) => bytes + more <= mostNoteBytes,
    add(note) {
      if (notes.length >= mostNotes) {
        dropped++;
        return;
      }
      notes.push(note);
      bytes += note.bytes;
      schedule(notes.length >= batchRows ? 0 : attemptsWaitMs);
    },
    count(count) {
      counts.add([count]);
      schedule(countsWaitMs);
    },
    async flush() {
      // What was added while the last batch was on its way is not in it.
      while ((notes.length > 0 || counts.size() > 0 || writing !== undefined) && (await write()));
    },
    settled() {
      if (notes.length === 0 && counts.size() === 0 && writing === undefined) return Promise.resolve();
      return new Promise((resolve) => waiting.push(resolve));
    },
    dropped: () => dropped,
  };
}
