import Retell from "retell-sdk";
import type { SenderProof } from "../sender-proof.ts";

export const proof: SenderProof = {
  sender: "retell",
  evidence: "source",
  package: "retell-sdk",
  async signs({ secret, body }) {
    const signature = await Retell.sign(body, secret);
    return { headers: { "x-retell-signature": signature }, body: Buffer.from(body), secret };
  },
  accepts({ headers, body, secret }) {
    return Retell.verify(Buffer.from(body).toString(), secret, headers["x-retell-signature"] ?? "");
  },
};
