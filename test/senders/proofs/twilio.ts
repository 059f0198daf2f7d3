import twilio from "twilio";
import type { SenderProof } from "../sender-proof.ts";

/** The URL of the sender's row. */
const url = "https://example.com/webhooks/twilio?source=twilio";

const parametersOf = (body: string | Uint8Array): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(Buffer.from(body).toString()));

export const proof: SenderProof = {
  sender: "twilio",
  evidence: "source",
  package: "twilio",
  signs({ secret, body: json }) {
    const parameters = JSON.parse(json) as Record<string, string>;
    const body = Buffer.from(new URLSearchParams(parameters).toString());
    const signature = twilio.getExpectedTwilioSignature(secret, url, parameters);
    return { headers: { "x-twilio-signature": signature }, body, secret };
  },
  accepts: ({ headers, body, secret }) =>
    twilio.validateRequest(secret, headers["x-twilio-signature"] ?? "", url, parametersOf(body)),
};
