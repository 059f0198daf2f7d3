import { LinearWebhookClient } from "@linear/sdk/webhooks";
import type { SenderProof } from "../sender-proof.ts";

/** The SDK only verifies: the helper signs, and it accepts. */
export const proof: SenderProof = {
  sender: "linear",
  evidence: "source",
  package: "@linear/sdk",
  accepts({ headers, body, secret }) {
    try {
      return new LinearWebhookClient(secret).verify(Buffer.from(body), headers["linear-signature"] ?? "");
    } catch {
      return false;
    }
  },
};
