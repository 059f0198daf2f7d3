import Stripe from "stripe";
import type { SenderProof } from "../sender-proof.ts";

/** Cloudflare has no package that verifies. By its documentation it signs with Stripe's construction under other names. */
export const proof: SenderProof = {
  sender: "cloudflare-stream",
  evidence: "documentation",
  package: "stripe",
  async signs({ secret, body: payload, timestamp }) {
    const header = await Stripe.webhooks.generateTestHeaderStringAsync({ payload, secret, timestamp });
    const renamed = header.replace("t=", "time=").replace("v1=", "sig1=");
    return { headers: { "webhook-signature": renamed }, body: Buffer.from(payload), secret };
  },
};
