import { createHmac } from "node:crypto";
import type { SenderProof } from "../sender-proof.ts";

/** Lemon Squeezy's package does not verify; its documentation shows this construction. */
export const proof: SenderProof = {
  sender: "lemon-squeezy",
  evidence: "documentation",
  signs({ secret, body }) {
    const signature = createHmac("sha256", secret).update(body).digest("hex");
    return { headers: { "x-signature": signature }, body: Buffer.from(body), secret };
  },
};
