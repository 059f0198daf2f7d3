import { Webhook } from "standardwebhooks";
import type { SenderProof } from "./sender-proof.ts";

/**
 * What shows that a sender follows Standard Webhooks whose documentation says that it does, and names this library to
 * verify with.
 */
export const standardWebhooksProof: Pick<SenderProof, "package" | "signs" | "accepts"> = {
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
      new Webhook(secret).verify(Buffer.from(body).toString(), { ...headers });
      return true;
    } catch {
      return false;
    }
  },
};
