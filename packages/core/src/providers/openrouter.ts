import { defineSender } from "../define-sender.ts";
import { type JobStatus, toJob } from "../event.ts";
import type { Provider } from "../provider.ts";
import { dateFromIso, objectMember, stringMember } from "../reading/json.ts";
import { hmacSignature } from "../signatures/hmac-signature.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { body, timestamp } from "../signatures/signed-content.ts";
import { repeatHorizonMs } from "../signatures/timestamp.ts";
import { type OpenrouterEvent, openrouterEvents } from "./openrouter/payloads.ts";

export * from "./openrouter/payloads.ts";

export interface OpenrouterOptions {
  /** The workspace's signing secret, as you entered it. Default: the environment's `OPENROUTER_WEBHOOK_SECRET`. */
  readonly secret?: SecretOption | undefined;
  /** How far the signed timestamp may be from the clock, either way, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
}

const statuses = new Map<unknown, JobStatus>([
  ["completed", "completed"],
  ["failed", "failed"],
  ["cancelled", "cancelled"],
  ["expired", "expired"],
]);

/**
 * OpenRouter's video jobs. It signs timestamp and body, with a comma between them. The job's id and status, which its
 * idempotency header repeats unsigned, tell a delivery apart.
 *
 * @throws LatchhookError `missing-secret` or `invalid-option`.
 */
export function openrouter(options: OpenrouterOptions = {}): Provider<OpenrouterEvent> {
  return defineSender({
    name: "openrouter",
    signature: hmacSignature({
      provider: "openrouter",
      secret: options.secret,
      environmentVariable: "OPENROUTER_WEBHOOK_SECRET",
      toleranceSeconds: options.toleranceSeconds,
      headers: { packed: "x-openrouter-signature", timestamp: "t", signature: "v1" },
      content: [timestamp, ",", body],
    }),
    // Not documented, but that it tries again: all of it is assumed, short where short is careful, and long where long is.
    policy: {
      timeoutMs: 5_000,
      shortestRetryGapMs: 1_000,
      retryHorizonMs: repeatHorizonMs(259_200_000, options.toleranceSeconds),
      maxAttempts: null,
    },
    events: openrouterEvents,
    read({ value, text }) {
      const data = objectMember(value.data);
      const id = stringMember(data.id);
      const status = stringMember(data.status);
      const isNamed = id !== "" && status !== "";
      return {
        id: isNamed ? `${id}-${status}` : "",
        type: value.type,
        data: value.data,
        job: toJob(id, statuses.get(status)),
        occurredAt: dateFromIso(value.created_at),
        identity: isNamed ? ["job", id, status] : ["body", text],
        unsigned: { "x-openrouter-idempotency-key": isNamed ? `${id}-${status}` : undefined },
      };
    },
  });
}
