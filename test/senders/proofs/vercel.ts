import { createHmac } from "node:crypto";
import type { SenderProof } from "../sender-proof.ts";

/** Vercel has no package that verifies; its documentation shows this construction. */
export const proof: SenderProof = {
  sender: "vercel",
  evidence: "documentation",
  signs({ secret, body }) {
    const signature = createHmac("sha1", secret).update(body).digest("hex");
    return { headers: { "x-vercel-signature": signature }, body: Buffer.from(body), secret };
  },
};
