import { WebhooksHelper } from "square";
import type { SenderProof } from "../sender-proof.ts";

export const proof: SenderProof = {
  sender: "square",
  evidence: "source",
  package: "square",
  accepts: ({ headers, body, secret }) =>
    WebhooksHelper.verifySignature({
      requestBody: Buffer.from(body).toString(),
      signatureHeader: headers["x-square-hmacsha256-signature"] ?? "",
      signatureKey: secret,
      // The URL of the sender's row.
      notificationUrl: "https://example.com/webhooks/square",
    }),
};
