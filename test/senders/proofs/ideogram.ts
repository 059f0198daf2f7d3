import { signEd25519 } from "../../support/sign-ed25519.ts";
import type { SenderProof } from "../sender-proof.ts";

/** Ideogram has no package, and its private keys are its own: Web Crypto signs what its documentation says. */
export const proof: SenderProof = {
  sender: "ideogram",
  evidence: "documentation",
  async signs({ secret, body, timestamp, id }) {
    const headers = {
      "x-ideogram-webhook-generation-id": id,
      "x-ideogram-webhook-user-id": "user_latchhook",
      "x-ideogram-webhook-timestamp": String(timestamp),
    };
    const signature = await signEd25519(secret, Object.values(headers), body);
    return {
      headers: { ...headers, "x-ideogram-webhook-signature": signature },
      body: Buffer.from(body),
      secret,
    };
  },
};
