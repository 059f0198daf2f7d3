import type { SenderProof } from "../sender-proof.ts";

/** There is nothing to verify but the URL, which comes back as it was given. */
export const proof: SenderProof = {
  sender: "luma",
  evidence: "documentation",
  unsignedBody: true,
  signs({ secret, body }) {
    return {
      url: `/webhooks/luma?secret=${encodeURIComponent(secret)}`,
      headers: {},
      body: Buffer.from(body),
      secret,
    };
  },
};
