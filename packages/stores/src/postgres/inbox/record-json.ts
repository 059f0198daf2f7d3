import type { InboxRecord, OutcomeCount } from "@latchhook/core";
import { flatRecord, plainText, whole } from "../../shared/inbox/flat-record.ts";
import { toHex } from "../../shared/inbox/hex.ts";

/** A record as the JSON object that `inbox_write` reads. */
export function recordJson(record: InboxRecord): string {
  const flat = flatRecord(record);
  return JSON.stringify({ ...flat, body: flat.body && toHex(flat.body) });
}

/** JSON texts as one JSON array. */
export function jsonArray(texts: readonly string[]): string {
  return `[${texts.join(",")}]`;
}

/** Counts as `inbox_note` reads them. */
export function countsJson(counts: readonly OutcomeCount[]): string {
  return JSON.stringify(
    counts.map(({ minute, scope, provider, outcome, reason, bucketMs, secretIndex, count }) => ({
      minute: whole(minute),
      scope: plainText(scope),
      provider: plainText(provider),
      outcome,
      reason: plainText(reason),
      bucket_ms: bucketMs,
      secret_index: secretIndex,
      count,
    })),
  );
}
