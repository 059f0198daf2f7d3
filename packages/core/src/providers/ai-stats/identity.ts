import type { Reading } from "../../provider.ts";
import { type JsonObject, objectMember, type ParsedObject, stringMember } from "../../reading/json.ts";
import { type IdentityPart, identityPart } from "../../reading/key.ts";
import type { HeaderSource } from "../../request/headers.ts";
import { headerDeliveryKey, signatureOf } from "./headers.ts";

/**
 * What stays the same over all attempts of one delivery. The body itself does not: its clock, its attempt number and
 * the job's data are new each time.
 *
 * `delivery.key` holds no job id (`video.completed` for every job), and `id` is cut at 160 characters, so neither
 * identifies a delivery alone.
 */
export function aiStatsIdentity(
  headers: HeaderSource,
  { value: payload, text }: ParsedObject,
): Pick<Reading, "identity" | "replayIdentity"> {
  const data = objectMember(payload.data);
  const id = identityPart(payload.id);
  const type = identityPart(payload.type);
  const job = identityPart(data.id);
  const key = identityPart(objectMember(payload.delivery).key);

  if (key !== null && (job !== null || id !== null)) {
    return { identity: ["delivery", type, job, id, key] };
  }
  const variant = earlyVariant(stringMember(type), data);
  if (id === null && type !== null && job !== null && variant !== undefined) {
    return { identity: ["job", type, job, variant] };
  }
  // A minimal body, whose delivery key is only in a header. That is not signed: whoever captured the request could
  // choose a new one, and run it again. So the signature is claimed as well, where it was one that brought the body.
  const signed = id !== null && type !== null ? ["event", type, id, job] : ["body", text];
  const signature = signatureOf(headers);
  return {
    identity: [...signed, headerDeliveryKey(headers)],
    replayIdentity: signature === undefined ? undefined : ["signature", signature],
  };
}

/**
 * What told the events of one job apart before June 2026, when bodies had neither id nor delivery key; null where
 * nothing had to. Undefined where nothing does: for an object or an array, which an early sender did not send, and for
 * progress that is not said, which may come in several steps.
 */
function earlyVariant(type: string, data: JsonObject): IdentityPart | undefined {
  const { progress, status } = data;
  if (type.endsWith(".progress")) {
    if (typeof progress === "number") return progressBucket(progress);
    return identityPart(progress) ?? countsVariant(data.request_counts);
  }
  if (!type.endsWith(".status_changed")) return null;
  return typeof status === "object" && status !== null ? undefined : identityPart(status);
}

/**
 * The sender's own rounding. May's first attempt carries the raw progress, and a retry the bucket. The lowest bucket
 * would not round to itself, so it is left as it is: it is a retry's far more often than a raw 5.
 */
function progressBucket(progress: number): number {
  if (progress === 5) return 5;
  return Math.min(Math.max(Math.round(Math.round(progress) / 10) * 10, 5), 95);
}

/** A batch's progress was told by the counts of its requests alone. */
function countsVariant(counts: unknown): string | undefined {
  const { total, completed, failed } = objectMember(counts);
  const told = [total, completed, failed].map(identityPart);
  return told.every((part) => part === null) ? undefined : JSON.stringify(told);
}
