import { defineSender, type PayloadEvent } from "../define-sender.ts";
import type { Provider } from "../provider.ts";
import { dateFromIso, type JsonObject, stringMember } from "../reading/json.ts";
import { knownNames } from "../reading/known-names.ts";
import { readHeader } from "../request/headers.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { standardWebhooksSignature } from "../signatures/standard-webhooks-signature.ts";
import { repeatHorizonMs } from "../signatures/timestamp.ts";
import { polarNames } from "./polar/names.ts";

export interface PolarOptions {
  /** The endpoint's secret, as it is shown, whatever its age. Default: the environment's `POLAR_WEBHOOK_SECRET`. */
  readonly secret?: SecretOption | undefined;
  /** How far the signed timestamp may be from the clock, either way, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
}

/** A body of Polar: what {@link polar} takes for its types where it is not told others. */
export interface PolarPayload {
  readonly type: (typeof polarNames)[number];
  readonly data: JsonObject;
}

/** The events of a union of bodies, which are yours to declare: those of Polar's SDK are what it makes of a body. */
export type PolarEvent<Payload extends { readonly type: string; readonly data: unknown } = PolarPayload> =
  PayloadEvent<Payload>;

/**
 * Polar: Standard Webhooks `v1`, over id, timestamp and body. Secrets made since 8 September 2026 are base64 after
 * `whsec_`, as the specification has it; of older ones the whole text is the key. Nothing in a secret tells its age, so
 * both are tried.
 *
 * @throws LatchhookError `missing-secret` or `invalid-option`.
 */
export function polar<Payload extends { readonly type: string; readonly data: unknown } = PolarPayload>(
  options: PolarOptions = {},
): Provider<PolarEvent<Payload>> {
  return defineSender<PolarEvent<Payload>>({
    name: "polar",
    signature: standardWebhooksSignature({
      provider: "polar",
      secret: options.secret,
      environmentVariable: "POLAR_WEBHOOK_SECRET",
      secretForm: ["base64", "utf8"],
      toleranceSeconds: options.toleranceSeconds,
    }),
    // Its source (server/polar/webhook/tasks.py): 10 s; 10 attempts, the pauses doubling from 2 to 4 s up to 20 min.
    policy: {
      timeoutMs: 10_000,
      shortestRetryGapMs: 2_000,
      retryHorizonMs: repeatHorizonMs(3_600_000, options.toleranceSeconds),
      maxAttempts: 10,
    },
    knows: knownNames(polarNames),
    read({ value, headers }) {
      const id = stringMember(readHeader(headers, "webhook-id"));
      return {
        id,
        type: value.type,
        data: value.data,
        occurredAt: dateFromIso(value.timestamp),
        identity: [id],
      };
    },
  });
}
