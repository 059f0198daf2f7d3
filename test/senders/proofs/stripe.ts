import Stripe from "stripe";
import type { SenderProof } from "../sender-proof.ts";

export const proof: SenderProof = {
  sender: "stripe",
  evidence: "source",
  package: "stripe",
  async signs({ secret, body: payload, timestamp }) {
    const header = await Stripe.webhooks.generateTestHeaderStringAsync({ payload, secret, timestamp });
    return { headers: { "stripe-signature": header }, body: Buffer.from(payload), secret };
  },
  async accepts({ headers, body, secret }) {
    try {
      await Stripe.webhooks.constructEventAsync(Buffer.from(body), headers["stripe-signature"] ?? "", secret);
      return true;
    } catch {
      return false;
    }
  },
  vectors: [
    {
      source: "made by Stripe's package",
      secret: "whsec_test",
      headers: {
        "stripe-signature":
          "t=1700000000,v1=38877139021993b830af32feea6e18a8da83eb2f6e49ee50bd9e4cf4ca4d3789",
      },
      body: Buffer.from('{"a":1}'),
      receivedAt: 1_700_000_000_000,
    },
  ],
};
