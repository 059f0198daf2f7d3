import { verifyWebhook } from "@clerk/backend/webhooks";
import { Webhook } from "svix";
import type { SenderProof } from "../sender-proof.ts";

/** Clerk sends through Svix, whose library signs; its own verifies. */
export const proof: SenderProof = {
  sender: "clerk",
  evidence: "source",
  package: "@clerk/backend and svix",
  signs({ secret, body, timestamp, id }) {
    const headers = {
      "svix-id": id,
      "svix-timestamp": String(timestamp),
      "svix-signature": new Webhook(secret).sign(id, new Date(timestamp * 1_000), body),
    };
    return { headers, body: Buffer.from(body), secret };
  },
  async accepts({ headers, body, secret: signingSecret }) {
    const request = new Request("http://localhost/", { method: "POST", headers, body: Buffer.from(body) });
    try {
      await verifyWebhook(request, { signingSecret });
      return true;
    } catch {
      return false;
    }
  },
};
