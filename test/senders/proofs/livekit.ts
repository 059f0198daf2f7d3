import { createHash } from "node:crypto";
import { AccessToken, WebhookReceiver } from "livekit-server-sdk";
import type { SenderProof } from "../sender-proof.ts";

/** The API key of the helper's tokens. */
const apiKey = "APIlatchhook";

export const proof: SenderProof = {
  sender: "livekit",
  evidence: "source",
  package: "livekit-server-sdk",
  async signs({ secret, body }) {
    const token = new AccessToken(apiKey, secret, { ttl: "5m" });
    token.sha256 = createHash("sha256").update(body).digest("base64");
    return { headers: { authorization: await token.toJwt() }, body: Buffer.from(body), secret };
  },
  async accepts({ headers, body, secret }) {
    try {
      await new WebhookReceiver(apiKey, secret).receive(Buffer.from(body).toString(), headers.authorization);
      return true;
    } catch {
      return false;
    }
  },
};
