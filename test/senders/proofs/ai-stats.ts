import Stripe from "stripe";
import type { SenderProof } from "../sender-proof.ts";

/** AI Stats signs with Stripe's construction under headers of its own. */
export const proof: SenderProof = {
  sender: "ai-stats",
  evidence: "source",
  package: "stripe",
  async signs({ secret, body: payload, timestamp }) {
    const header = await Stripe.webhooks.generateTestHeaderStringAsync({ payload, secret, timestamp });
    const signature = /v1=([0-9a-f]{64})/.exec(header)?.[1] ?? "";
    const headers = { "x-ai-stats-timestamp": String(timestamp), "x-ai-stats-signature": signature };
    return { headers, body: Buffer.from(payload), secret };
  },
};
