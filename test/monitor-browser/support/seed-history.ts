import type { InboxRecord, OutcomeCode, OutcomeCount, Store } from "@latchhook/core";

const minuteMs = 60_000;

/** The same numbers at each run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Past {
  readonly provider: string;
  readonly scope?: string;
  /** Minutes ago, from and to. */
  readonly from: number;
  readonly to: number;
  readonly outcome: OutcomeCode;
  readonly reason?: string;
  /** How many in a minute at most, and in what share of the minutes there are any. */
  readonly most: number;
  readonly share: number;
  readonly secretIndex?: number;
}

/** What a store counted in the past. */
export function pastCounts(now: number, past: Past, seed: number): readonly OutcomeCount[] {
  const next = numbers(seed);
  const counts: OutcomeCount[] = [];
  const believed = past.reason === undefined;
  for (let ago = past.from; ago >= past.to; ago--) {
    if (next() > past.share) continue;
    const minute = Math.floor(now / minuteMs) * minuteMs - ago * minuteMs;
    for (let left = 1 + Math.floor(next() * past.most); left > 0; left--) {
      const bucketMs = [10, 25, 50, 50, 50, 100, 100, 100, 250, 500][Math.floor(next() * 10)] ?? 50;
      counts.push({
        minute,
        scope: past.scope ?? "",
        provider: past.provider,
        outcome: past.outcome,
        reason: past.reason ?? "",
        bucketMs: believed ? bucketMs : 0,
        secretIndex: believed ? (past.secretIndex ?? 0) : -1,
        count: 1,
      });
    }
  }
  return counts;
}

interface PastDelivery {
  readonly provider: string;
  readonly scope?: string;
  readonly type: string;
  readonly jobId: string;
  readonly jobStatus: string;
  readonly minutesAgo: number;
  readonly state: "done" | "failed";
  readonly outcome: OutcomeCode;
  readonly status: number;
  readonly error?: string;
  readonly errorName?: string;
  readonly errorFrame?: string;
  readonly senderAttempt?: number;
  readonly maxAttempts?: number;
  readonly deadMinutesAgo?: number;
  readonly durationMs: number;
}

/** A delivery of the past, without its body. */
export function pastDelivery(now: number, past: PastDelivery, index: number): InboxRecord {
  const at = now - past.minutesAgo * minuteMs;
  const { provider, scope = "", type, jobId, jobStatus, outcome, status, durationMs } = past;
  return {
    delivery: {
      key: index.toString(16).padStart(64, "c4e1"),
      scope,
      provider,
      eventId: `evt_${index.toString(36).padStart(8, "0")}`,
      type,
      jobId,
      jobStatus,
      known: true,
      secretIndex: 0,
      maxAttempts: past.maxAttempts ?? null,
      deadAt: now - (past.deadMinutesAgo ?? -60) * minuteMs,
      bodyBytes: 1_284,
      headers: null,
    },
    attempt: {
      at,
      source: "http",
      outcome,
      reason: null,
      status,
      durationMs,
      claimAttempt: 1,
      senderAttempt: past.senderAttempt ?? null,
      late: false,
      errorName: past.errorName ?? null,
      error: past.error ?? null,
      errorFrame: past.errorFrame ?? null,
      actor: null,
    },
    state: past.state,
    body: "drop",
    bodyRetainMs: 14 * 86_400_000,
    retainMs: 30 * 86_400_000,
  };
}

/** Puts a day's history into a store's inbox. */
export async function seedHistory(store: Store<never>, now = Date.now()): Promise<void> {
  const counts = [
    pastCounts(
      now,
      { provider: "ai-stats", from: 900, to: 62, outcome: "processed", most: 2, share: 0.5 },
      1,
    ),
    pastCounts(now, { provider: "ai-stats", from: 59, to: 9, outcome: "processed", most: 2, share: 0.55 }, 2),
    pastCounts(
      now,
      { provider: "ai-stats", from: 6, to: 1, outcome: "persist-failed", most: 1, share: 0.6 },
      3,
    ),
    pastCounts(
      now,
      {
        provider: "ai-stats",
        from: 24,
        to: 18,
        outcome: "unauthentic",
        reason: "signature-mismatch",
        most: 40,
        share: 1,
      },
      4,
    ),
    pastCounts(now, { provider: "ai-stats", from: 23, to: 19, outcome: "processed", most: 2, share: 1 }, 5),
    pastCounts(
      now,
      { provider: "videogen", from: 900, to: 31, outcome: "processed", most: 4, share: 0.7 },
      6,
    ),
    pastCounts(
      now,
      { provider: "videogen", from: 30, to: 1, outcome: "processed", most: 4, share: 0.7, secretIndex: 1 },
      7,
    ),
    pastCounts(
      now,
      { provider: "videogen", from: 29, to: 1, outcome: "duplicate", most: 1, share: 0.15, secretIndex: 1 },
      8,
    ),
    pastCounts(
      now,
      { provider: "creativeai", scope: "eu", from: 600, to: 2, outcome: "processed", most: 2, share: 0.5 },
      9,
    ),
    pastCounts(
      now,
      {
        provider: "creativeai",
        scope: "eu",
        from: 320,
        to: 270,
        outcome: "persist-failed",
        most: 3,
        share: 0.8,
      },
      10,
    ),
    pastCounts(
      now,
      {
        provider: "creativeai",
        scope: "eu",
        from: 56,
        to: 3,
        outcome: "unauthentic",
        reason: "missing-signature",
        most: 2,
        share: 0.1,
      },
      11,
    ),
    pastCounts(
      now,
      {
        provider: "ai-stats",
        from: 220,
        to: 210,
        outcome: "unauthentic",
        reason: "stale-timestamp",
        most: 2,
        share: 0.5,
      },
      12,
    ),
  ].flat();
  await store.inbox?.note([...deadDeliveries(now), ...doneDeliveries(now)], counts);
}

function deadDeliveries(now: number): readonly InboxRecord[] {
  return Array.from({ length: 12 }, (_, index) =>
    pastDelivery(
      now,
      {
        provider: "creativeai",
        scope: "eu",
        type: "video.generation.completed",
        jobId: `gen_${(0x4b7720af + index * 7_919).toString(16)}`,
        jobStatus: "completed",
        minutesAgo: 310 - index * 3,
        state: "failed",
        outcome: "persist-failed",
        status: 500,
        errorName: "TypeError",
        error: "Cannot read properties of undefined (reading 'url')",
        errorFrame: "/app/src/handlers/creativeai.ts:88:34",
        maxAttempts: 3,
        deadMinutesAgo: 200,
        durationMs: 12 + index,
      },
      100 + index,
    ),
  );
}

function doneDeliveries(now: number): readonly InboxRecord[] {
  const kinds = [
    ["videogen", "", "tool_execution.succeeded", "te_9fK2mQx4Lw"],
    ["creativeai", "eu", "video.generation.completed", "gen_7c41e0b2"],
    ["ai-stats", "", "video.progress", "G-01JXK2YB6T5V8M1QWZ"],
    ["videogen", "", "workflow_run.succeeded", "wr_3Hs8PzV1nC"],
  ] as const;
  return Array.from({ length: 60 }, (_, index) => {
    const [provider, scope, type, jobId] = kinds[index % kinds.length] ?? kinds[0];
    return pastDelivery(
      now,
      {
        provider,
        scope,
        type,
        jobId: `${jobId}${index}`,
        jobStatus: type === "video.progress" ? "processing" : "completed",
        minutesAgo: 240 - index * 4.05 + 0.6,
        state: "done",
        outcome: "processed",
        status: 200,
        durationMs: 30 + ((index * 37) % 90),
        ...(provider === "ai-stats" ? { senderAttempt: 1, maxAttempts: 4 } : {}),
      },
      500 + index,
    );
  });
}
