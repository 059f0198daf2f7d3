import { Webhook } from "standardwebhooks";
import type { SenderProof } from "../sender-proof.ts";

export const proof: SenderProof = {
  sender: "videogen",
  evidence: "documentation",
  package: "standardwebhooks",
  signs({ secret, body, timestamp, id }) {
    const headers = {
      "webhook-id": id,
      "webhook-timestamp": String(timestamp),
      "webhook-signature": new Webhook(secret).sign(id, new Date(timestamp * 1_000), body),
    };
    return { headers, body: Buffer.from(body), secret };
  },
  accepts({ headers, body, secret }) {
    try {
      new Webhook(secret).verify(Buffer.from(body).toString(), headers);
      return true;
    } catch {
      return false;
    }
  },
};
