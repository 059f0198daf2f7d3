import type { SenderProof } from "../sender-proof.ts";

/** There is nothing to verify but the credentials of the URL, as HTTP clients send them. */
export const proof: SenderProof = {
  sender: "deepgram",
  evidence: "documentation",
  unsignedBody: true,
  signs({ secret, body }) {
    return { headers: { authorization: `Basic ${btoa(secret)}` }, body: Buffer.from(body), secret };
  },
};
