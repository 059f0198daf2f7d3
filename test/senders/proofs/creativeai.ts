import { sign, verify } from "@octokit/webhooks-methods";
import type { SenderProof } from "../sender-proof.ts";

/** CreativeAI signs with GitHub's construction under a header of its own. */
export const proof: SenderProof = {
  sender: "creativeai",
  evidence: "documentation",
  package: "@octokit/webhooks-methods",
  async signs({ secret, body }) {
    return {
      headers: { "x-creativeai-signature": await sign(secret, body) },
      body: Buffer.from(body),
      secret,
    };
  },
  accepts({ headers, body, secret }) {
    return verify(secret, Buffer.from(body).toString(), headers["x-creativeai-signature"] ?? "");
  },
};
