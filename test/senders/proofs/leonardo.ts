import type { SenderProof } from "../sender-proof.ts";

/** There is nothing to verify but a bearer token. */
export const proof: SenderProof = {
  sender: "leonardo",
  evidence: "documentation",
  unsignedBody: true,
  signs({ secret, body }) {
    return { headers: { authorization: `Bearer ${secret}` }, body: Buffer.from(body), secret };
  },
};
