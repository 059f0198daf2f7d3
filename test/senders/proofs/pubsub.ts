import { createPublicKey } from "node:crypto";
import { calculateJwkThumbprint, importPKCS8, type JWK, SignJWT } from "jose";
import type { SenderProof } from "../sender-proof.ts";

/** Google's private keys are its own: jose signs what its documentation says. */
export const proof: SenderProof = {
  sender: "pubsub",
  evidence: "documentation",
  package: "jose",
  unsignedBody: true,
  async signs({ secret, body, timestamp }) {
    const kid = await calculateJwkThumbprint(createPublicKey(secret).export({ format: "jwk" }) as JWK);
    const token = await new SignJWT({ email: "push@latchhook.iam.gserviceaccount.com", email_verified: true })
      .setProtectedHeader({ alg: "RS256", kid, typ: "JWT" })
      .setIssuer("https://accounts.google.com")
      .setAudience("https://example.com/webhooks/pubsub")
      .setIssuedAt(timestamp)
      .setExpirationTime(timestamp + 3_600)
      .sign(await importPKCS8(secret, "RS256"));
    return { headers: { authorization: `Bearer ${token}` }, body: Buffer.from(body), secret };
  },
};
