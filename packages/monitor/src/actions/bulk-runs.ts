import type { BulkReplay, InboxFilter } from "@latchhook/core";
import { matching } from "../data/delivery-pages.ts";
import type { Source } from "../data/sources.ts";

/** A bulk replay that this process has begun. */
export interface BulkRun {
  readonly id: string;
  readonly actor: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  progress(): BulkReplay;
  cancel(): void;
  /** Resolves at its end, also where that is a failure of the store. */
  readonly ended: Promise<void>;
}

/** So many are remembered, to be looked at. */
const mostRemembered = 50;
const runs = new Map<string, BulkRun>();

export function findRun(id: string | null): BulkRun | undefined {
  return id === null ? undefined : runs.get(id);
}

/**
 * Begins a bulk replay over the endpoints that a filter leaves, one endpoint after the other. It goes on when the
 * request that began it has been answered.
 */
export function beginRun(
  sources: readonly Source[],
  filter: InboxFilter,
  actor: string,
  now: number,
): BulkRun {
  const stop = new AbortController();
  const finished: BulkReplay[] = [];
  let current: BulkReplay | undefined;
  let ended: BulkReplay["ended"] = null;

  async function replayEach(): Promise<void> {
    try {
      for (const { inbox, provider, scope } of matching(sources, filter)) {
        const result = await inbox.replayAll(
          { ...filter, provider, scope },
          { actor, signal: stop.signal, onProgress: (progress) => (current = progress) },
        );
        finished.push(result);
        current = undefined;
        ended = result.ended;
        if (ended !== "all") return;
        ended = null;
      }
      ended = "all";
    } catch (error) {
      console.error("[latchhook] A bulk replay failed:", error);
      ended = "failures";
    }
  }

  const run: BulkRun = {
    id: crypto.randomUUID(),
    actor,
    startedAt: now,
    progress: () => ({ ...total([...finished, ...(current === undefined ? [] : [current])]), ended }),
    cancel: () => stop.abort(),
    ended: replayEach(),
  };
  runs.set(run.id, run);
  for (const id of [...runs.keys()].slice(0, -mostRemembered)) runs.delete(id);
  return run;
}

function total(parts: readonly BulkReplay[]): Omit<BulkReplay, "ended"> {
  const sum = (name: "planned" | "succeeded" | "failed" | "skipped") =>
    parts.reduce((all, part) => all + part[name], 0);
  return {
    planned: sum("planned"),
    succeeded: sum("succeeded"),
    failed: sum("failed"),
    skipped: sum("skipped"),
  };
}
