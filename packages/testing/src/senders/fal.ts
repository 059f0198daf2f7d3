import { fal } from "@latchhook/core/providers/fal";
import { membersOf, type SignedWebhook, toBytes, type WebhookBody } from "../signed-webhook.ts";
import { signEd25519 } from "./ed25519-webhook.ts";
import { publishedBy } from "./published-keys.ts";
import type { Sender } from "./sender.ts";

export interface SignFalOptions {
  /** An Ed25519 private key in place of fal's: base64 of the seed or of a PKCS #8, or PEM. */
  readonly privateKey: string;
  /** The account that the request was made by, as the provider has it. */
  readonly userId: string;
  /** What is sent. Default: a result with an image, or an error. */
  readonly body?: WebhookBody | undefined;
  /** The signed id. Default: the body's `request_id`. */
  readonly requestId?: string | undefined;
  /** Default: `OK`. */
  readonly status?: "OK" | "ERROR" | undefined;
  /** Unix seconds; text is signed and sent as it is. Default: now. */
  readonly timestamp?: number | string | undefined;
}

/**
 * A delivery of fal: hex Ed25519 over request id, user id, time and the body's hash.
 *
 * @example
 * const provider = fal({ userId: "user_1", fetchKeys: publishedKeys(privateKey) });
 * const signed = signFal({ privateKey, userId: "user_1", requestId: "request_1" });
 */
export function signFal(options: SignFalOptions): SignedWebhook {
  const { privateKey, userId, timestamp, status = "OK" } = options;
  const body = toBytes(options.body ?? falPayload(status, options.requestId));
  const id = options.requestId ?? String(membersOf(body).request_id ?? "request_01");
  return signEd25519({
    prefix: "x-fal-webhook",
    idName: "request-id",
    privateKey,
    id,
    userId,
    timestamp,
    body,
  });
}

function falPayload(status: string, id = "024ca5b1-45d3-4afd-883e-ad3abe2a1c4d"): object {
  const base = { request_id: id, gateway_request_id: id, status };
  return status === "OK"
    ? { ...base, payload: { images: [{ url: "https://example.com/image.png", width: 1024 }], seed: 196 } }
    : { ...base, error: "Invalid status code: 422", payload: { detail: [{ msg: "field required" }] } };
}

/** The row of the table of senders; its secrets are private keys. */
export function falSender(): Sender {
  const secrets = [
    "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=",
    "TM0Imyj/ltqdtsNG7BFOD1uKMZ81q6Yk2oz27U+4pvs=",
  ] as const;
  const userId = "user_latchhook";
  const payload = (jobId?: string, status = "OK", data: object = {}) => ({
    ...falPayload(status, jobId),
    ...data,
  });
  return {
    name: "fal",
    title: "fal",
    factory: "fal",
    provider: "fal",
    environmentVariable: "",
    signedContent: "request id, user id, time and a hash of the body",
    makeProvider: ({ secret, toleranceSeconds }) =>
      fal({ userId, toleranceSeconds, fetchKeys: publishedBy(secret) }),
    secrets,
    signatureHeader: "x-fal-webhook-signature",
    payload: (jobId) => payload(jobId),
    sign: ({ secret = secrets[0], body, jobId, id, type, timestamp, data } = {}) =>
      signFal({
        privateKey: secret,
        userId,
        body: body ?? payload(jobId, type, data),
        requestId: id,
        timestamp,
      }),
  };
}
