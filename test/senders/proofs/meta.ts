import { sign, verify } from "@octokit/webhooks-methods";
import type { SenderProof } from "../sender-proof.ts";

/** Meta signs with GitHub's construction, under the same header. */
export const proof: SenderProof = {
  sender: "meta",
  evidence: "documentation",
  package: "@octokit/webhooks-methods",
  async signs({ secret, body }) {
    return { headers: { "x-hub-signature-256": await sign(secret, body) }, body: Buffer.from(body), secret };
  },
  accepts({ headers, body, secret }) {
    return verify(secret, Buffer.from(body).toString(), headers["x-hub-signature-256"] ?? "");
  },
};
