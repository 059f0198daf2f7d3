import OpenAI from "openai";
import { Webhook } from "standardwebhooks";
import type { SenderProof } from "../sender-proof.ts";

const { webhooks } = new OpenAI({ apiKey: "none, for nothing is asked" });

export const proof: SenderProof = {
  sender: "openai",
  evidence: "source",
  package: "openai",
  async accepts({ headers, body, secret }) {
    try {
      await webhooks.unwrap(Buffer.from(body).toString(), headers, secret);
      return true;
    } catch (error) {
      if (error instanceof OpenAI.InvalidWebhookSignatureError) return false;
      throw error;
    }
  },
  vectors: [
    {
      source: "a real event, in the tests of OpenAI's SDK",
      secret: "whsec_RdvaYFYUXuIFuEbvZHwMfYFhUf7aMYjYcmM24+Aj40c=",
      headers: {
        "webhook-id": "wh_685c059ae39c8190af8c71ed1022a24d",
        "webhook-timestamp": "1750861210",
        "webhook-signature": "v1,gUAg4R2hWouRZqRQG4uJypNS8YK885G838+EHb4nKBY=",
      },
      body: Buffer.from(
        '{"id": "evt_685c059ae3a481909bdc86819b066fb6", "object": "event", "created_at": 1750861210, "type": "response.completed", "data": {"id": "resp_123"}}',
      ),
      receivedAt: 1_750_861_210_000,
    },
    textSecret(),
  ],
};

/** A secret without the prefix is text: to another library of Standard Webhooks it has to be said. */
function textSecret() {
  const secret = "a secret that is text";
  const body = '{"type":"batch.completed","data":{"id":"batch_1"}}';
  const now = new Date();
  const headers = {
    "webhook-id": "wh_1",
    "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
    "webhook-signature": new Webhook(secret, { format: "raw" }).sign("wh_1", now, body),
  };
  return { source: "standardwebhooks, with a raw key", secret, headers, body: Buffer.from(body) };
}
