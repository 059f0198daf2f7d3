import { Paddle } from "@paddle/paddle-node-sdk";
import type { SenderProof } from "../sender-proof.ts";

const { webhooks } = new Paddle("none");

/** Paddle's own check believes a time for 5 s, and of several signatures the last. */
export const proof: SenderProof = {
  sender: "paddle",
  evidence: "source",
  package: "@paddle/paddle-node-sdk",
  accepts({ headers, body, secret }) {
    return webhooks.isSignatureValid(Buffer.from(body).toString(), secret, headers["paddle-signature"] ?? "");
  },
};
