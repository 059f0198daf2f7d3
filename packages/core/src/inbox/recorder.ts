import type { Passage } from "../delivery/passage.ts";
import type { Outcome } from "../outcome.ts";
import type { Trusted } from "../reading/trust.ts";
import type { BodyKeeper } from "./body-keeper.ts";
import type { Endpoint } from "./endpoint.ts";
import { durationBuckets } from "./inbox-store.ts";
import type { NoteQueue } from "./note-queue.ts";
import { Recording } from "./recording.ts";

/** Writes to the inbox what a receiver does. */
export interface Recorder {
  /** Begins to record an attempt. */
  begin(trusted: Trusted, passage: Passage): Recording;
  /** Counts how a request ended, and notes it where its attempt is not written yet. Called once for each outcome. */
  observe(outcome: Outcome, recording: Recording | undefined): void;
}

const minuteMs = 60_000;

export function createRecorder(endpoint: Endpoint, bodies: BodyKeeper, queue: NoteQueue): Recorder {
  const { provider, scope } = endpoint;

  function count({ code, reason, key, durationMs, secretIndex }: Outcome): void {
    const known = key !== undefined;
    queue.count({
      minute: Math.floor(Date.now() / minuteMs) * minuteMs,
      scope,
      provider: provider.name,
      outcome: code,
      reason: reason ?? "",
      bucketMs: known ? bucketOf(durationMs) : 0,
      secretIndex: known ? (secretIndex ?? -1) : -1,
      count: 1,
    });
  }

  return {
    begin: (trusted, passage) => new Recording(endpoint, bodies, trusted, passage),
    observe(outcome, recording) {
      if (outcome.source === "http" && outcome.late !== true) count(outcome);
      if (recording?.isUnwritten(outcome) !== true) return;
      // Where another request runs, or ran, the delivery, its own record has the body.
      const wantsBody = outcome.code !== "in-flight" && outcome.code !== "duplicate";
      queue.add(
        wantsBody && queue.admits(recording.bodyBytes)
          ? recording.noteWithBody(outcome)
          : recording.note(outcome),
      );
    },
  };
}

function bucketOf(durationMs: number): number {
  return durationBuckets.find((end) => durationMs <= end) ?? (durationBuckets.at(-1) as number);
}
