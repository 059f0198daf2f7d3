import type { SenderProof } from "../sender-proof.ts";

/** There is nothing to verify but a header that comes back as it was given. */
export const proof: SenderProof = {
  sender: "assemblyai",
  evidence: "documentation",
  unsignedBody: true,
  signs({ secret, body }) {
    return { headers: { "x-webhook-secret": secret }, body: Buffer.from(body), secret };
  },
};
