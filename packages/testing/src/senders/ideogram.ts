import { ideogram } from "@latchhook/core/providers/ideogram";
import { membersOf, type SignedWebhook, toBytes, type WebhookBody } from "../signed-webhook.ts";
import { signEd25519 } from "./ed25519-webhook.ts";
import { importPrivateKey } from "./private-key.ts";
import { keyId, publishedBy } from "./published-keys.ts";
import type { Sender } from "./sender.ts";

export interface SignIdeogramOptions {
  /** An Ed25519 private key in place of Ideogram's: base64 of the seed or of a PKCS #8, or PEM. */
  readonly privateKey: string;
  /** The account that the request was made by, as the provider has it. */
  readonly userId: string;
  /** What is sent. Default: a generation with one image. */
  readonly body?: WebhookBody | undefined;
  /** The signed id. Default: the body's `generation_id`. */
  readonly generationId?: string | undefined;
  /** Unix seconds; text is signed and sent as it is. Default: now. */
  readonly timestamp?: number | string | undefined;
}

/**
 * A delivery of Ideogram: hex Ed25519 over generation id, user id, time and the body's hash.
 *
 * @example
 * const provider = ideogram({ userId: "user_1", fetchKeys: publishedKeys(privateKey) });
 * const signed = signIdeogram({ privateKey, userId: "user_1", generationId: "generation_1" });
 */
export function signIdeogram(options: SignIdeogramOptions): SignedWebhook {
  const { privateKey, userId, timestamp } = options;
  const body = toBytes(options.body ?? ideogramPayload(options.generationId));
  const id = options.generationId ?? String(membersOf(body).generation_id ?? "generation_01");
  const prefix = "x-ideogram-webhook";
  const signed = signEd25519({ prefix, idName: "generation-id", privateKey, id, userId, timestamp, body });
  const headers = { ...signed.headers, [`${prefix}-key-id`]: keyId(importPrivateKey(privateKey)) };
  return { ...signed, headers };
}

function ideogramPayload(id = "xtdZiqPwRxqY1Y7NExFmzB"): object {
  return {
    generation_id: id,
    created: "2026-11-01T12:00:00Z",
    data: [
      {
        url: `https://ideogram.ai/api/images/ephemeral/${id}.png`,
        prompt: "A lighthouse at dusk",
        resolution: "2048x2048",
        seed: 12345,
        is_image_safe: true,
      },
    ],
  };
}

/** The row of the table of senders; its secrets are private keys. */
export function ideogramSender(): Sender {
  const secrets = [
    "xapAoaIkrg9HvqmkMNkmV0wZ2Hy4SlSGiMHRpg8+YLw=",
    "9eV2fPFTMZUXYw8iaHa4bIFgzFg7wBN0TGvyVfXMDuU=",
  ] as const;
  const userId = "user_latchhook";
  return {
    name: "ideogram",
    title: "Ideogram",
    factory: "ideogram",
    provider: "ideogram",
    environmentVariable: "",
    signedContent: "generation id, user id, time and a hash of the body; not the key’s id",
    makeProvider: ({ secret, toleranceSeconds }) =>
      ideogram({ userId, toleranceSeconds, fetchKeys: publishedBy(secret) }),
    secrets,
    signatureHeader: "x-ideogram-webhook-signature",
    payload: (jobId) => ideogramPayload(jobId),
    sign: ({ secret = secrets[0], body, jobId, id, timestamp, data } = {}) =>
      signIdeogram({
        privateKey: secret,
        userId,
        body: body ?? { ...ideogramPayload(jobId), ...data },
        generationId: id,
        timestamp,
      }),
  };
}
