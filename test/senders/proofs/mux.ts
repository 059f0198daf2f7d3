import { Mux } from "@mux/mux-node";
import type { SenderProof } from "../sender-proof.ts";

const { webhooks } = new Mux({ tokenId: "none", tokenSecret: "none" });

export const proof: SenderProof = {
  sender: "mux",
  evidence: "source",
  package: "@mux/mux-node",
  async accepts({ headers, body, secret }) {
    try {
      await webhooks.verifySignature(Buffer.from(body).toString(), headers, secret);
      return true;
    } catch {
      return false;
    }
  },
  vectors: [
    {
      source: "the tests of Mux's package",
      secret: "SuperSecret123",
      headers: {
        "mux-signature": "t=1565125718,v1=854ece4c22acef7c66b57d4e504153bc512595e8e9c772ece2a68150548c19a7",
      },
      body: Buffer.from('{"test":"body"}'),
      receivedAt: 1_565_125_718_000,
    },
  ],
};
