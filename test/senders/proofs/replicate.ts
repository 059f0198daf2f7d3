import { validateWebhook } from "replicate";
import type { SenderProof } from "../sender-proof.ts";

export const proof: SenderProof = {
  sender: "replicate",
  evidence: "source",
  package: "replicate",
  accepts({ headers, body, secret }) {
    const {
      "webhook-id": id = "",
      "webhook-timestamp": timestamp = "",
      "webhook-signature": signature = "",
    } = headers;
    return validateWebhook({ id, timestamp, signature, body: Buffer.from(body).toString(), secret });
  },
};
