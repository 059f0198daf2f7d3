import {
  type MaybePromise,
  type Provider,
  type Refusal,
  type Verified,
  verifyWebhook,
} from "@latchhook/core";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import { creativeai } from "@latchhook/core/providers/creativeai";
import { standardWebhooks } from "@latchhook/core/providers/standard-webhooks";
import { videogen } from "@latchhook/core/providers/videogen";
import { expectEqual, type SmokeCheck, type SmokeReport } from "./check.ts";
import { forge, type SignedDelivery, secrets, signAiStats, signCreativeai, signVideogen } from "./sign.ts";

/** A published vector: it shares no code with any signer of this repository. */
interface Vector extends SignedDelivery {
  readonly name: string;
  readonly provider: Provider;
  readonly receivedAt: number;
}

const specificationBody = '{"test": 2432232314}';
const specificationHeaders = {
  "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
  "webhook-timestamp": "1614265330",
};

const vectors: readonly Vector[] = [
  {
    name: "hex HMAC over timestamp and body, not ASCII",
    provider: aiStats({ secret: "whsec_test_123" }),
    receivedAt: 1_781_166_600_000,
    headers: {
      "x-phaseo-timestamp": "1781166600",
      "x-phaseo-signature": "4e0fc05b7ca082a7be511344e3a369fc8f035166ead0d12c0a54e31680d6d59f",
    },
    body: '{"prompt":"日の出 🌅"}',
  },
  {
    name: "Standard Webhooks v1",
    provider: standardWebhooks({ secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" }),
    receivedAt: 1_614_265_330_000,
    headers: {
      ...specificationHeaders,
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    },
    body: specificationBody,
  },
  {
    name: "Standard Webhooks v1a (Ed25519)",
    provider: standardWebhooks({ publicKey: "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=" }),
    receivedAt: 1_614_265_330_000,
    headers: {
      ...specificationHeaders,
      "webhook-signature":
        "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==",
    },
    body: specificationBody,
  },
  {
    name: "sha256= over the body",
    provider: creativeai({ secret: "It's a Secret to Everybody" }),
    receivedAt: 0,
    headers: {
      "x-creativeai-signature": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
    },
    body: "Hello, World!",
  },
];

export const verifyChecks: readonly SmokeCheck[] = [
  ...vectors.map(checkVector),
  checkSender("AI Stats", aiStats({ secret: secrets.aiStats }), signAiStats, "video.completed"),
  checkSender("VideoGen", videogen({ secret: secrets.videogen }), signVideogen, "tool_execution.succeeded"),
  checkSender(
    "CreativeAI",
    creativeai({ secret: secrets.creativeai }),
    signCreativeai,
    "video.generation.completed",
  ),
];

/** Verification is synchronous on node:crypto and cannot be on Web Crypto: so a provider tells which it runs on. */
export function usedCrypto(): SmokeReport["crypto"] {
  const [vector] = vectors;
  return vector !== undefined && verify(vector) instanceof Promise ? "Web Crypto" : "node:crypto";
}

function verify({ provider, headers, body, receivedAt }: Vector): MaybePromise<Verified | Refusal> {
  return provider.verify({ headers, body: new TextEncoder().encode(body), receivedAt });
}

function checkVector(vector: Vector): SmokeCheck {
  return {
    name: `verifies a published vector: ${vector.name}`,
    async run() {
      expectEqual(await verify(vector), { ok: true, secretIndex: 0 });
      const forged = await verify({ ...vector, ...forge(vector) });
      expectEqual(forged.ok, false);
      const altered = await verify({ ...vector, body: `${vector.body} ` });
      expectEqual(altered, { ok: false, kind: "unauthentic", reason: "signature-mismatch" });
    },
  };
}

function checkSender(
  sender: string,
  provider: Provider,
  sign: (id: string) => Promise<SignedDelivery>,
  type: string,
): SmokeCheck {
  return {
    name: `verifies and reads ${sender}`,
    async run() {
      const { headers, body } = await sign("job_1");
      const result = await verifyWebhook(provider, { headers, body: new TextEncoder().encode(body) });
      if (!result.ok) throw new Error(`refused: ${result.reason}`);
      const { event } = result;
      expectEqual(
        [event.known, event.type, event.job?.id, event.job?.status],
        [true, type, "job_1", "completed"],
      );
    },
  };
}
