import { defineSender } from "../define-sender.ts";
import { toJob } from "../event.ts";
import type { Provider } from "../provider.ts";
import { dateFromIso } from "../reading/json.ts";
import { identityPart } from "../reading/key.ts";
import { readHeader } from "../request/headers.ts";
import { requiredTexts } from "../shared/required-texts.ts";
import { ed25519KeySet, ed25519Signature } from "../signatures/ed25519-signature.ts";
import type { FetchKeys } from "../signatures/fetch-document.ts";
import { pinnedHeader } from "../signatures/pinned-header.ts";
import { bodyHash, header, timestamp } from "../signatures/signed-content.ts";
import { repeatHorizonMs } from "../signatures/timestamp.ts";
import { type IdeogramEvent, ideogramEvents } from "./ideogram/payloads.ts";

export * from "./ideogram/payloads.ts";

export interface IdeogramOptions {
  /** Your account's id at Ideogram, or several: it signs for all its customers with the same keys. */
  readonly userId: string | readonly string[];
  /** How far the signed timestamp may be from the clock, either way, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
  /** What fetches Ideogram's public keys, for a proxy or for tests. Default: the platform's `fetch`. */
  readonly fetchKeys?: FetchKeys | undefined;
}

const generationId = "x-ideogram-webhook-generation-id";
const userId = "x-ideogram-webhook-user-id";

/**
 * Ideogram. It signs generation id, user id, time and the body's hash with Ed25519; its public keys are fetched from
 * Ideogram, kept for a day at most, and all tried, for the key's id is not signed.
 *
 * @throws LatchhookError `invalid-option` without a `userId`, or for a tolerance that cannot be.
 */
export function ideogram(options: IdeogramOptions): Provider<IdeogramEvent> {
  const { toleranceSeconds, fetchKeys } = options;
  const url = "https://api.ideogram.ai/v1/.well-known/jwks.json";
  const why =
    "Ideogram signs for all its customers with the same keys, and anyone's requests would be believed";
  const scheme = ed25519Signature({
    provider: "ideogram",
    keys: ed25519KeySet({ provider: "ideogram", url, fetchKeys }),
    headers: { signature: "x-ideogram-webhook-signature", timestamp: "x-ideogram-webhook-timestamp" },
    content: [header(generationId), "\n", header(userId), "\n", timestamp, "\n", bodyHash],
    toleranceSeconds,
  });
  return defineSender({
    name: "ideogram",
    signature: pinnedHeader(scheme, {
      header: userId,
      values: requiredTexts("ideogram", "userId", options.userId, why),
    }),
    // Documented: few retries. Neither timeout nor pauses nor number are; 10 s, 1 s and a day are assumed.
    policy: {
      timeoutMs: 10_000,
      shortestRetryGapMs: 1_000,
      retryHorizonMs: repeatHorizonMs(86_400_000, toleranceSeconds),
      maxAttempts: null,
    },
    events: ideogramEvents,
    read({ value, text, headers }) {
      const id = identityPart(readHeader(headers, generationId));
      return {
        id,
        type: "generation",
        data: value,
        job: Array.isArray(value.data) ? toJob(value.generation_id, "completed") : null,
        occurredAt: dateFromIso(value.created),
        identity: id === null ? ["body", text] : [id],
      };
    },
  });
}
