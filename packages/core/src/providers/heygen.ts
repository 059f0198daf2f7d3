import { defineSender } from "../define-sender.ts";
import { type JobStatus, toJob } from "../event.ts";
import { handshake, type Provider, unauthentic } from "../provider.ts";
import { objectMember, stringMember } from "../reading/json.ts";
import { identityPart } from "../reading/key.ts";
import { type HeaderSource, readHeader } from "../request/headers.ts";
import { hmacSignature } from "../signatures/hmac-signature.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { body } from "../signatures/signed-content.ts";
import { type HeygenEvent, heygenEvents } from "./heygen/payloads.ts";

export * from "./heygen/payloads.ts";

export interface HeygenOptions {
  /** The endpoint's secret, the whole text as it is shown. Default: the environment's `HEYGEN_WEBHOOK_SECRET`. */
  readonly secret?: SecretOption | undefined;
}

const endings: ReadonlyMap<unknown, JobStatus> = new Map([
  ["success", "completed"],
  ["fail", "failed"],
]);

/**
 * HeyGen: endpoints of its API v3, which sign in `Heygen-Signature`, and of v1, in `Signature`; a request with both is
 * refused. The body alone is signed: `Heygen-Timestamp` and `Heygen-Event-Id` are not, and not looked at. An endpoint of
 * v1 is tried with OPTIONS before it is registered, which is answered.
 *
 * @throws LatchhookError `missing-secret`
 */
export function heygen(options: HeygenOptions = {}): Provider<HeygenEvent> {
  return defineSender({
    name: "heygen",
    signature: hmacSignature({
      provider: "heygen",
      secret: options.secret,
      environmentVariable: "HEYGEN_WEBHOOK_SECRET",
      headers: (headers) => ({ signature: hasV3(headers) ? v3Header : v1Header }),
      content: [body],
    }),
    // By others' accounts: 10 s, ever longer pauses within 24 hours. The first of them is not told: 5 s is assumed.
    policy: { timeoutMs: 10_000, shortestRetryGapMs: 5_000, retryHorizonMs: 86_400_000, maxAttempts: null },
    events: heygenEvents,
    greet: ({ method }) =>
      method === "OPTIONS" ? handshake({ contentType: "text/plain", body: "" }) : undefined,
    refuse: ({ headers }) =>
      hasV3(headers) && readHeader(headers, v1Header) !== undefined
        ? unauthentic("conflicting-headers")
        : undefined,
    read({ value, text }) {
      const type = stringMember(value.event_type);
      const data = objectMember(value.event_data);
      const status = endings.get(type.slice(type.lastIndexOf(".") + 1));
      const job = toJob(data.video_id ?? data.video_translate_id, status);
      const id = identityPart(value.event_id);
      const language = identityPart(data.output_language);
      const identity = job === null ? ["body", text] : ["job", type, job.id, language];
      return {
        id,
        type,
        data: value.event_data,
        job,
        identity: id === null ? identity : ["event", id],
        undated: true,
      };
    },
  });
}

const v3Header = "heygen-signature";
const v1Header = "signature";

function hasV3(headers: HeaderSource): boolean {
  return readHeader(headers, v3Header) !== undefined;
}
