import type { SenderProof } from "../sender-proof.ts";
import { standardWebhooksProof } from "../standard-webhooks-proof.ts";

/** Google's own SDK has no verifier: its page and its cookbook verify with this library. */
export const proof: SenderProof = { sender: "gemini", evidence: "documentation", ...standardWebhooksProof };
