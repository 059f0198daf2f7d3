import { defineSender } from "../define-sender.ts";
import { type JobStatus, toJob } from "../event.ts";
import type { Provider } from "../provider.ts";
import { stringMember } from "../reading/json.ts";
import { identityPart } from "../reading/key.ts";
import { hmacSignature } from "../signatures/hmac-signature.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { body } from "../signatures/signed-content.ts";
import { type FirecrawlEvent, firecrawlEvents } from "./firecrawl/payloads.ts";

export * from "./firecrawl/payloads.ts";

export interface FirecrawlOptions {
  /** The account's webhook secret. Default: the environment's `FIRECRAWL_WEBHOOK_SECRET`. */
  readonly secret?: SecretOption | undefined;
}

/** What the type's last word says of the job. A monitor goes on from check to check, and is none. */
const statuses: ReadonlyMap<string, JobStatus> = new Map<string, JobStatus>([
  ["started", "processing"],
  ["page", "processing"],
  ["action", "processing"],
  ["completed", "completed"],
  ["failed", "failed"],
  ["cancelled", "cancelled"],
]);

/**
 * Firecrawl. It signs the body alone, and no time; the body's `webhookId` is the delivery's, the same over retries.
 *
 * @throws LatchhookError `missing-secret`
 */
export function firecrawl(options: FirecrawlOptions = {}): Provider<FirecrawlEvent> {
  return defineSender({
    name: "firecrawl",
    signature: hmacSignature({
      provider: "firecrawl",
      secret: options.secret,
      environmentVariable: "FIRECRAWL_WEBHOOK_SECRET",
      headers: { signature: "x-firecrawl-signature" },
      prefix: "sha256=",
      content: [body],
    }),
    // Documented: 10 s; retries after 1, 5 and 15 minutes.
    policy: { timeoutMs: 10_000, shortestRetryGapMs: 60_000, retryHorizonMs: 1_260_000, maxAttempts: 4 },
    events: firecrawlEvents,
    read({ value, text }) {
      const type = stringMember(value.type);
      const [, kind, change = ""] = /^([a-z_]+)\.([a-z]+)$/.exec(type) ?? [];
      const id = identityPart(value.webhookId);
      return {
        id,
        type,
        data: value,
        job: kind === "monitor" ? null : toJob(value.id, statuses.get(change)),
        identity: id === null ? ["body", text] : ["delivery", id],
        undated: true,
      };
    },
  });
}
