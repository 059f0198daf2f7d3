import { readFileSync } from "node:fs";

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
