import { Resend } from "resend";
import { Webhook } from "svix";
import type { SenderProof } from "../sender-proof.ts";

const { webhooks } = new Resend("re_none-for-nothing-is-asked");

/** Resend sends through Svix, whose library signs; its own verifies. */
export const proof: SenderProof = {
  sender: "resend",
  evidence: "source",
  package: "resend and svix",
  signs({ secret, body, timestamp, id }) {
    const headers = {
      "svix-id": id,
      "svix-timestamp": String(timestamp),
      "svix-signature": new Webhook(secret).sign(id, new Date(timestamp * 1_000), body),
    };
    return { headers, body: Buffer.from(body), secret };
  },
  accepts({ headers, body, secret: webhookSecret }) {
    const {
      "svix-id": id = "",
      "svix-timestamp": timestamp = "",
      "svix-signature": signature = "",
    } = headers;
    const payload = Buffer.from(body).toString();
    try {
      webhooks.verify({ payload, headers: { id, timestamp, signature }, webhookSecret });
      return true;
    } catch {
      return false;
    }
  },
};
