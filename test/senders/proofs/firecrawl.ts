import { createHmac } from "node:crypto";
import type { SenderProof } from "../sender-proof.ts";

/** Firecrawl's package does not verify; its documentation shows this construction. */
export const proof: SenderProof = {
  sender: "firecrawl",
  evidence: "documentation",
  signs({ secret, body }) {
    const signature = createHmac("sha256", secret).update(body).digest("hex");
    return { headers: { "x-firecrawl-signature": `sha256=${signature}` }, body: Buffer.from(body), secret };
  },
};
