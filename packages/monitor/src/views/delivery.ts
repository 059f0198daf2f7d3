import type { InboxDetails } from "@latchhook/core";
import { findJob, type WatchedJob } from "../data/job-health.ts";
import { type ReadableSource, readable } from "../data/sources.ts";
import { withoutSignedUrls } from "../page/visible.ts";
import { deliveryPage } from "./delivery/delivery-page.ts";
import { missingDelivery } from "./delivery/missing-delivery.ts";
import { attemptJson, deliveryJson } from "./delivery-json.ts";
import type { View, ViewContext } from "./view.ts";

/** All that is known of one delivery. */
export interface KnownDelivery extends InboxDetails {
  readonly source: ReadableSource;
  /** Its job, where that is watched. */
  readonly job: WatchedJob | undefined;
  /** Whether the body is to be shown as it came, by somebody who may see it so. */
  readonly raw: boolean;
}

/** Why did it fail, will it be retried, when? */
export async function delivery(context: ViewContext): Promise<View> {
  const { query, sources, jobs, access } = context;
  const key = query.get("key") ?? "";
  const found = await findDelivery(readable(sources), key);
  if (found === undefined) return missingDelivery(key);
  const { delivery: row } = found.details;
  const known: KnownDelivery = {
    ...found.details,
    source: found.source,
    job: row.jobId === null ? undefined : await findJob(jobs, row.provider, row.jobId),
    raw: query.get("body") === "raw" && access.payload === true,
  };
  return { json: toJson(known), page: () => deliveryPage(known, context) };
}

/** The delivery, and the endpoint that it came by. */
export async function findDelivery(
  sources: readonly ReadableSource[],
  key: string,
): Promise<{ readonly source: ReadableSource; readonly details: InboxDetails } | undefined> {
  if (!/^[0-9a-f]{64}$/.test(key)) return undefined;
  for (const source of sources) {
    const details = await source.inbox.get(key);
    if (details !== null) return { source, details };
  }
  return undefined;
}

function toJson(known: KnownDelivery): unknown {
  const { delivery: row, attempts, headers } = known;
  return {
    delivery: {
      ...deliveryJson(row),
      attempts: attempts.map(attemptJson),
      headers: Object.fromEntries(headers),
      body: bodyJson(known),
    },
  };
}

/** The body with what is hidden; as text with nothing hidden for who may see that and asks for it. */
function bodyJson({ body, redacted, raw }: KnownDelivery): unknown {
  if (body === null) return null;
  if (raw) return new TextDecoder().decode(body);
  return redacted === null ? null : mapTexts(redacted);
}

/** A value with every text in it freed of what signs an address. */
export function mapTexts(value: unknown): unknown {
  if (typeof value === "string") return withoutSignedUrls(value);
  if (Array.isArray(value)) return value.map(mapTexts);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, mapTexts(member)]));
}
