import { isValidSlackRequest } from "@slack/bolt";
import type { SenderProof } from "../sender-proof.ts";

/** Zoom has no package that verifies. It signs with Slack's construction under headers of its own, as its sample shows. */
export const proof: SenderProof = {
  sender: "zoom",
  evidence: "source",
  package: "@slack/bolt",
  accepts({ headers, body, secret }) {
    return isValidSlackRequest({
      signingSecret: secret,
      body: Buffer.from(body).toString(),
      headers: {
        "x-slack-signature": headers["x-zm-signature"] ?? "",
        "x-slack-request-timestamp": Number(headers["x-zm-request-timestamp"]),
      },
    });
  },
};
