import { randomBytes } from "node:crypto";
import type { AttemptRecord, DeliveryRecord, InboxRecord } from "@latchhook/core";

/** What a test says of a record; the rest is filled in. */
export interface RecordParts {
  readonly key?: string;
  readonly delivery?: Partial<DeliveryRecord>;
  readonly attempt?: Partial<AttemptRecord>;
  readonly state?: "done" | "failed";
  readonly body?: InboxRecord["body"];
  readonly bodyRetainMs?: number;
  readonly retainMs?: number;
}

const hourMs = 3_600_000;

/** A record of an attempt that succeeded just now, or where `state` says so, failed. */
export function inboxRecord({
  key = randomBytes(32).toString("hex"),
  delivery = {},
  attempt = {},
  state = "done",
  body = state === "done" ? "drop" : new TextEncoder().encode("{}"),
  bodyRetainMs = hourMs,
  retainMs = hourMs,
}: RecordParts = {}): InboxRecord {
  const failed = state === "failed";
  return {
    delivery: {
      key,
      scope: "",
      provider: "ai-stats",
      eventId: `event-${key.slice(0, 12)}`,
      type: "video.completed",
      jobId: `job-${key.slice(0, 12)}`,
      jobStatus: "completed",
      known: true,
      secretIndex: 0,
      maxAttempts: 10,
      deadAt: Date.now() + hourMs,
      bodyBytes: 2,
      headers: null,
      ...delivery,
    },
    attempt: {
      at: Date.now(),
      source: "http",
      outcome: failed ? "persist-failed" : "processed",
      reason: null,
      status: failed ? 500 : 200,
      durationMs: 12.5,
      claimAttempt: 1,
      senderAttempt: 1,
      late: false,
      errorName: failed ? "Error" : null,
      error: failed ? "the disk is on fire" : null,
      errorFrame: failed ? "at persist (app.ts:1:1)" : null,
      actor: null,
      ...attempt,
    },
    state,
    body,
    bodyRetainMs,
    retainMs,
  };
}
