import { Receiver } from "@upstash/qstash";
import type { SenderProof } from "../sender-proof.ts";

export const proof: SenderProof = {
  sender: "qstash",
  evidence: "source",
  package: "@upstash/qstash",
  async accepts({ headers, body, secret }) {
    try {
      return await new Receiver({ currentSigningKey: secret, nextSigningKey: secret }).verify({
        signature: headers["upstash-signature"] ?? "",
        body: Buffer.from(body).toString(),
        // The URL of the sender's row.
        url: "https://example.com/webhooks/qstash",
      });
    } catch {
      return false;
    }
  },
};
