import type { ProvenRequest, SenderProof } from "../sender-proof.ts";
import { standardWebhooksProof } from "../standard-webhooks-proof.ts";

const { package: library, signs, accepts } = standardWebhooksProof;
/** As Supabase's own server and its examples do before they hand the secret to the library. */
const bare = (secret: string) => secret.replace(/^v1,/, "");

/** Its server signs with the Go library of Standard Webhooks; its examples verify with the one that is used here. */
export const proof: SenderProof = {
  sender: "supabase",
  evidence: "source",
  package: library,
  async signs(content) {
    const { secret } = content;
    const signed = (await signs?.({ ...content, secret: bare(secret) })) as ProvenRequest;
    return { ...signed, secret };
  },
  async accepts(request) {
    return (await accepts?.({ ...request, secret: bare(request.secret) })) === true;
  },
};
