import { defineSender } from "../define-sender.ts";
import { type JobStatus, toJob } from "../event.ts";
import type { Provider } from "../provider.ts";
import { dateFromIso, objectMember, stringMember } from "../reading/json.ts";
import { identityPart } from "../reading/key.ts";
import { hmacSignature } from "../signatures/hmac-signature.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { body, timestamp } from "../signatures/signed-content.ts";
import { repeatHorizonMs } from "../signatures/timestamp.ts";
import { type CloudflareStreamEvent, cloudflareStreamEvents } from "./cloudflare-stream/payloads.ts";

export * from "./cloudflare-stream/payloads.ts";

export interface CloudflareStreamOptions {
  /** The webhook's `secret`, as the API gives it. Default: the environment's `CLOUDFLARE_STREAM_WEBHOOK_SECRET`. */
  readonly secret?: SecretOption | undefined;
  /** How far the signed timestamp may be from the clock, either way, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
}

/** The states of a video, in the API's words. */
const statuses = new Map<string, JobStatus>([
  ["pendingupload", "queued"],
  ["downloading", "processing"],
  ["queued", "queued"],
  ["inprogress", "processing"],
  ["ready", "completed"],
  ["error", "failed"],
]);

/**
 * Cloudflare Stream. It signs the timestamp and the body, which is the video and has neither a type nor an id of its
 * own: the video's state is the type. A delivery is told by the video, its state and how much of it is encoded.
 *
 * @throws LatchhookError `missing-secret` or `invalid-option`.
 */
export function cloudflareStream(options: CloudflareStreamOptions = {}): Provider<CloudflareStreamEvent> {
  return defineSender({
    name: "cloudflare-stream",
    signature: hmacSignature({
      provider: "cloudflareStream",
      secret: options.secret,
      environmentVariable: "CLOUDFLARE_STREAM_WEBHOOK_SECRET",
      toleranceSeconds: options.toleranceSeconds,
      headers: { packed: "webhook-signature", timestamp: "time", signature: "sig1" },
      content: [timestamp, ".", body],
    }),
    // Nothing of timeout, pauses or attempts is documented: assumed, with caution.
    policy: {
      timeoutMs: 5_000,
      shortestRetryGapMs: 5_000,
      retryHorizonMs: repeatHorizonMs(86_400_000, options.toleranceSeconds),
      maxAttempts: null,
    },
    events: cloudflareStreamEvents,
    read({ value, text }) {
      const status = objectMember(value.status);
      const [state, uid] = [stringMember(status.state), identityPart(value.uid)];
      return {
        type: state,
        data: value,
        job: toJob(value.uid, statuses.get(state)),
        occurredAt: dateFromIso(value.modified),
        identity: uid === null ? ["body", text] : ["video", uid, state, identityPart(status.pctComplete)],
      };
    },
  });
}
