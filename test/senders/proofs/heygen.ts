import { createHmac } from "node:crypto";
import type { SenderProof } from "../sender-proof.ts";

/** HeyGen has no package that verifies, and its documentation does not name the construction; others agree on this one. */
export const proof: SenderProof = {
  sender: "heygen",
  evidence: "third parties",
  signs({ secret, body }) {
    const signature = createHmac("sha256", secret).update(body).digest("hex");
    return { headers: { "heygen-signature": signature }, body: Buffer.from(body), secret };
  },
};
