import Stripe from "stripe";
import type { SenderProof } from "../sender-proof.ts";

/** Synthesia has no package that verifies. By its documentation it signs with Stripe's construction under two headers. */
export const proof: SenderProof = {
  sender: "synthesia",
  evidence: "documentation",
  package: "stripe",
  async signs({ secret, body: payload, timestamp }) {
    const header = await Stripe.webhooks.generateTestHeaderStringAsync({ payload, secret, timestamp });
    const signature = /v1=([0-9a-f]{64})/.exec(header)?.[1] ?? "";
    const headers = { "synthesia-timestamp": String(timestamp), "synthesia-signature": signature };
    return { headers, body: Buffer.from(payload), secret };
  },
};
