import type { SenderProof } from "../sender-proof.ts";
import { standardWebhooksProof } from "../standard-webhooks-proof.ts";

export const proof: SenderProof = { sender: "videogen", evidence: "documentation", ...standardWebhooksProof };
