import { ElevenLabsClient } from "@elevenlabs/elevenlabs-js";
import type { SenderProof } from "../sender-proof.ts";

const { webhooks } = new ElevenLabsClient({ apiKey: "none" });

export const proof: SenderProof = {
  sender: "elevenlabs",
  evidence: "source",
  package: "@elevenlabs/elevenlabs-js",
  async accepts({ headers, body, secret }) {
    try {
      await webhooks.constructEvent(
        Buffer.from(body).toString(),
        headers["elevenlabs-signature"] ?? "",
        secret,
      );
      return true;
    } catch {
      return false;
    }
  },
};
