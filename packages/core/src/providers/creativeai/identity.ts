import type { JobStatus } from "../../event.ts";
import type { JsonObject } from "../../reading/json.ts";
import { type IdentityPart, identityPart } from "../../reading/key.ts";

/** What the sender's words for a generation's end mean. */
export const creativeaiStatuses: ReadonlyMap<unknown, JobStatus> = new Map<unknown, JobStatus>([
  ["completed", "completed"],
  ["failed", "failed"],
]);

/**
 * Object, id and status: a failure and a later completion of one generation are two events. Only an end comes once; of
 * another status, such as one that comes with each step of progress, nothing but the whole body tells two apart.
 */
export function creativeaiIdentity(
  { id, object, status }: JsonObject,
  signedText: string,
): readonly IdentityPart[] {
  const generationId = identityPart(id);
  return generationId === null || !creativeaiStatuses.has(status)
    ? ["body", signedText]
    : ["generation", identityPart(object), generationId, identityPart(status)];
}

/** The event is named `….completed` on failure too. */
export function creativeaiHeaders({ id, object, status }: JsonObject): Readonly<Record<string, unknown>> {
  const named = new Set(["video.generation.completed"]);
  // Not every signed value can be made a text of: an object without `toString` throws.
  if (typeof status === "string") named.add(`video.generation.${status}`);
  return {
    "x-creativeai-delivery-id": typeof id === "string" ? id : undefined,
    "x-creativeai-event": object === "video.generation" ? named : undefined,
  };
}
