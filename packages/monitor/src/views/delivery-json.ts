import type { AttemptRecord, InboxDelivery } from "@latchhook/core";
import { iso } from "../page/times.ts";
import { shownError } from "../page/visible.ts";

/** What is said of a delivery, in JSON and in the columns of an export. */
export const deliveryMembers = [
  "receivedAt",
  "lastAt",
  "provider",
  "scope",
  "state",
  "type",
  "jobId",
  "jobStatus",
  "eventId",
  "key",
  "requests",
  "runs",
  "replays",
  "lastOutcome",
  "lastStatus",
  "error",
] as const satisfies readonly (keyof InboxDelivery)[];

type DeliveryJson = Readonly<Record<(typeof deliveryMembers)[number], string | number | null>>;

/** A delivery as JSON and exports have it. Times are ISO 8601. */
export function deliveryJson(delivery: InboxDelivery): DeliveryJson {
  const members = Object.fromEntries(deliveryMembers.map((name) => [name, delivery[name]])) as DeliveryJson;
  return {
    ...members,
    error: shownError(delivery.error),
    receivedAt: iso(delivery.receivedAt),
    lastAt: iso(delivery.lastAt),
  };
}

export function attemptJson(attempt: AttemptRecord) {
  const { at, source, outcome, reason, status, durationMs, senderAttempt, error, actor } = attempt;
  return {
    at: iso(at),
    source,
    outcome,
    reason,
    status,
    durationMs,
    senderAttempt,
    error: shownError(error),
    actor,
  };
}
