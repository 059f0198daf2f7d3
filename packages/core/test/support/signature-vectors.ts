import { readFileSync } from "node:fs";
import type { ProviderVector } from "@latchhook/testing";

interface HmacVector {
  readonly secret: string;
  readonly timestamp: string;
  readonly body: string;
  readonly signature: string;
}

interface StandardVector extends HmacVector {
  readonly id: string;
  readonly source: string;
}

interface SignatureVectors {
  readonly "ai-stats": readonly HmacVector[];
  readonly "standard-webhooks-v1": readonly StandardVector[];
  readonly "standard-webhooks-v1a": readonly (Omit<StandardVector, "secret"> & {
    readonly publicKey: string;
    readonly keyForm: string;
  })[];
  readonly "sha256-of-body": readonly (Omit<HmacVector, "timestamp"> & { readonly source: string })[];
}

/** Signatures that senders and official libraries published. */
export const signatureVectors = JSON.parse(
  readFileSync(new URL("../fixtures/signature-vectors.json", import.meta.url), "utf8"),
) as SignatureVectors;

/** The vectors of Standard Webhooks, for the contract of a provider that follows it. */
export function standardWebhooksVectors(headerPrefix: "webhook" | "svix" = "webhook"): ProviderVector[] {
  return signatureVectors["standard-webhooks-v1"].map(
    ({ secret, id, timestamp, body, signature, source }) => ({
      name: source,
      secret,
      headers: {
        [`${headerPrefix}-id`]: id,
        [`${headerPrefix}-timestamp`]: timestamp,
        [`${headerPrefix}-signature`]: signature,
      },
      body,
      receivedAt: Number(timestamp) * 1000,
    }),
  );
}
