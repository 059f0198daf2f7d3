import { discordPublicKey } from "@latchhook/testing";
import { verifyKey } from "discord-interactions";
import type { SenderProof } from "../sender-proof.ts";

/** The SDK only verifies: the helper signs, and it accepts. */
export const proof: SenderProof = {
  sender: "discord",
  evidence: "source",
  package: "discord-interactions",
  accepts({ headers, body, secret }) {
    const signature = headers["x-signature-ed25519"] ?? "";
    const timestamp = headers["x-signature-timestamp"] ?? "";
    return verifyKey(body, signature, timestamp, discordPublicKey(secret));
  },
};
