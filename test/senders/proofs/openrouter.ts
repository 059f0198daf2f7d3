import { createHmac, timingSafeEqual } from "node:crypto";
import type { SenderProof } from "../sender-proof.ts";

/**
 * No package of OpenRouter signs or verifies these. What stands here follows the example of its page "Video Generation",
 * and is made of `node:crypto` alone.
 */
export const proof: SenderProof = {
  sender: "openrouter",
  evidence: "documentation",
  package: "node:crypto",
  signs({ secret, body, timestamp }) {
    const signature = createHmac("sha256", secret).update(`${timestamp},${body}`).digest("hex");
    const headers = { "x-openrouter-signature": `t=${timestamp},v1=${signature}` };
    return { headers, body: Buffer.from(body), secret };
  },
  accepts({ headers, body, secret }) {
    const [, timestamp, signature = ""] =
      /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers["x-openrouter-signature"] ?? "") ?? [];
    const content = Buffer.concat([Buffer.from(`${timestamp},`), body]);
    const expected = createHmac("sha256", secret).update(content).digest();
    const given = Buffer.from(signature, "hex");
    return given.length === expected.length && timingSafeEqual(given, expected);
  },
};
