import { defineSender } from "../define-sender.ts";
import { toJob } from "../event.ts";
import type { Provider } from "../provider.ts";
import { identityPart } from "../reading/key.ts";
import { readHeader } from "../request/headers.ts";
import { requiredTexts } from "../shared/required-texts.ts";
import { ed25519KeySet, ed25519Signature } from "../signatures/ed25519-signature.ts";
import type { FetchKeys } from "../signatures/fetch-document.ts";
import { pinnedHeader } from "../signatures/pinned-header.ts";
import { bodyHash, header, timestamp } from "../signatures/signed-content.ts";
import { repeatHorizonMs } from "../signatures/timestamp.ts";
import { type FalEvent, falEvents } from "./fal/payloads.ts";

export * from "./fal/payloads.ts";

export interface FalOptions {
  /** Your user id at fal, or several: fal signs for all its customers with the same keys. */
  readonly userId: string | readonly string[];
  /** How far the signed timestamp may be from the clock, either way, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
  /** What fetches fal's public keys, for a proxy or for tests. Default: the platform's `fetch`. */
  readonly fetchKeys?: FetchKeys | undefined;
}

const requestId = "x-fal-webhook-request-id";
const userId = "x-fal-webhook-user-id";

/**
 * fal. It signs request id, user id, time and the body's hash with Ed25519; its public keys are fetched from fal, kept
 * for a day at most, and all tried. The event's type is the body's `status`.
 *
 * @throws LatchhookError `invalid-option` without a `userId`, or for a tolerance that cannot be.
 */
export function fal(options: FalOptions): Provider<FalEvent> {
  const { toleranceSeconds, fetchKeys } = options;
  const why = "fal signs for all its customers with the same keys, and anyone's requests would be believed";
  const scheme = ed25519Signature({
    provider: "fal",
    keys: ed25519KeySet({ provider: "fal", url: "https://rest.fal.ai/.well-known/jwks.json", fetchKeys }),
    headers: { signature: "x-fal-webhook-signature", timestamp: "x-fal-webhook-timestamp" },
    content: [header(requestId), "\n", header(userId), "\n", timestamp, "\n", bodyHash],
    toleranceSeconds,
  });
  return defineSender({
    name: "fal",
    signature: pinnedHeader(scheme, {
      header: userId,
      values: requiredTexts("fal", "userId", options.userId, why),
    }),
    // Documented: 15 s, and 10 retries over 2 hours. Their pauses are not; 5 s is assumed for the shortest.
    policy: {
      timeoutMs: 15_000,
      shortestRetryGapMs: 5_000,
      retryHorizonMs: repeatHorizonMs(7_200_000, toleranceSeconds),
      maxAttempts: 11,
    },
    events: falEvents,
    read({ value, text, headers }) {
      const id = identityPart(readHeader(headers, requestId));
      const { status } = value;
      return {
        id,
        type: status,
        data: value,
        job: toJob(
          value.request_id,
          status === "OK" ? "completed" : status === "ERROR" ? "failed" : undefined,
        ),
        identity: id === null ? ["body", text] : [id],
      };
    },
  });
}
