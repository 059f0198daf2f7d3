import Anthropic from "@anthropic-ai/sdk";
import type { SenderProof } from "../sender-proof.ts";

const { webhooks } = new Anthropic({ apiKey: "none, for nothing is asked" }).beta;

export const proof: SenderProof = {
  sender: "anthropic",
  evidence: "source",
  package: "@anthropic-ai/sdk",
  accepts({ headers, body, secret }) {
    try {
      webhooks.unwrap(Buffer.from(body).toString(), { headers: { ...headers }, key: secret });
      return true;
    } catch {
      return false;
    }
  },
};
