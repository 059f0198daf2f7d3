import { signEd25519 } from "../../support/sign-ed25519.ts";
import type { SenderProof } from "../sender-proof.ts";

/** fal's package verifies nothing, and its private keys are its own: Web Crypto signs what its documentation says. */
export const proof: SenderProof = {
  sender: "fal",
  evidence: "documentation",
  async signs({ secret, body, timestamp, id }) {
    const headers = {
      "x-fal-webhook-request-id": id,
      "x-fal-webhook-user-id": "user_latchhook",
      "x-fal-webhook-timestamp": String(timestamp),
    };
    const signature = await signEd25519(secret, Object.values(headers), body);
    return { headers: { ...headers, "x-fal-webhook-signature": signature }, body: Buffer.from(body), secret };
  },
};
