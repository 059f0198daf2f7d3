import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto";
import { WebhookVerificationService } from "@hookflo/tern";
import type { Provider } from "@latchhook/core";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import { creativeai } from "@latchhook/core/providers/creativeai";
import { standardWebhooks } from "@latchhook/core/providers/standard-webhooks";
import { signAiStats, signCreativeai, signStandardWebhooks } from "@latchhook/testing";
import { verify as octokitVerify } from "@octokit/webhooks-methods";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Stripe } from "stripe";
import { Webhook as SvixWebhook } from "svix";
import { bodyOf, sizeText } from "./bodies.ts";
import { type Candidate, interleaved } from "./interleaved.ts";
import { microsecondsText, type Part, type Row, ratioText } from "./report.ts";

const sizes = [256, 1024, 16_384, 1_048_576];
const textSecret = "whsec_bench_secret_bench_secret";
const base64Key = Buffer.alloc(32, 7);
const base64Secret = `whsec_${base64Key.toString("base64")}`;

/** Complete verifications against the bare HMAC and comparison over the same bytes. */
export async function verifyPart(): Promise<Part> {
  const rows: Row[] = [];
  for (const size of sizes) {
    const body = bodyOf(size);
    for (const scheme of [timestamped(body), standard(body), bodyOnly(body)]) {
      const measured = await interleaved(scheme.candidates, { clock: "processor" });
      for (const one of measured) {
        const limit = size < 1024 ? undefined : size < 16_384 ? 1.1 : 1.03;
        const own = one.name === "latchhook" && limit !== undefined;
        rows.push({
          case: `${scheme.name}, ${sizeText(size)}`,
          name: one.name,
          figure: ratioText(one),
          absolute: microsecondsText(one.microseconds),
          ...(own ? { target: `<= ${limit}`, met: one.ratio <= limit } : {}),
        });
      }
    }
  }
  rows.push(...(await refusals()));
  return {
    title: "Verify",
    note: "Headers, tolerance, HMAC and comparison, as a multiple of createHmac(KeyObject) + timingSafeEqual over the same bytes.",
    rows,
  };
}

interface Scheme {
  readonly name: string;
  readonly candidates: readonly Candidate[];
}

function floor(key: Uint8Array, prefix: string, body: Uint8Array): Candidate {
  const keyObject = createSecretKey(key);
  const expected = createHmac("sha256", keyObject).update(prefix).update(body).digest();
  return {
    name: "bare HMAC",
    run(count) {
      for (let done = 0; done < count; done++) {
        const hmac = createHmac("sha256", keyObject);
        if (prefix !== "") hmac.update(prefix);
        if (!timingSafeEqual(hmac.update(body).digest(), expected)) throw new Error("did not verify");
      }
    },
  };
}

function own(provider: Provider, headers: Record<string, string>, body: Uint8Array): Candidate {
  return {
    name: "latchhook",
    run(count) {
      for (let done = 0; done < count; done++) {
        const result = provider.verify({ headers, body });
        if (!("ok" in result && result.ok)) throw new Error("did not verify");
      }
    },
  };
}

function peer(name: string, verify: () => unknown): Candidate {
  return {
    name,
    async run(count) {
      for (let done = 0; done < count; done++) {
        const result = verify();
        if ((result instanceof Promise ? await result : result) === false)
          throw new Error(`${name} did not verify`);
      }
    },
  };
}

function timestamped(body: Buffer): Scheme {
  const { headers } = signAiStats({ secret: textSecret, body });
  const timestamp = headers["x-ai-stats-timestamp"] as string;
  const stripe = new Stripe("sk_test_bench");
  const stripeHeader = `t=${timestamp},v1=${headers["x-ai-stats-signature"]}`;
  return {
    name: "timestamp.body, hex",
    candidates: [
      floor(Buffer.from(textSecret), `${timestamp}.`, body),
      own(aiStats({ secret: textSecret }), headers, body),
      peer("stripe", () => stripe.webhooks.signature?.verifyHeader(body, stripeHeader, textSecret, 300)),
    ],
  };
}

function standard(body: Buffer): Scheme {
  const signed = signStandardWebhooks({ secret: base64Secret, body, id: "msg_bench" });
  const { headers } = signed;
  const reference = new StandardWebhook(base64Secret);
  const svix = new SvixWebhook(base64Secret);
  return {
    name: "Standard Webhooks, base64",
    candidates: [
      floor(base64Key, `msg_bench.${headers["webhook-timestamp"]}.`, body),
      own(standardWebhooks({ secret: base64Secret }), headers, body),
      // Both parse the body as well; it is a small part of what they take.
      peer("standardwebhooks", () => reference.verify(body, headers)),
      peer("svix", () => svix.verify(body, headers)),
      peer("@hookflo/tern", async () => {
        const request = new Request("http://localhost/", {
          method: "POST",
          headers,
          body: Uint8Array.from(body),
        });
        return (
          await WebhookVerificationService.verifyWithPlatformConfig(request, "replicateai", base64Secret, 300)
        ).isValid;
      }),
    ],
  };
}

function bodyOnly(body: Buffer): Scheme {
  const { headers } = signCreativeai({ secret: textSecret, body, metadata: false });
  const text = body.toString();
  return {
    name: "body alone, sha256=hex",
    candidates: [
      floor(Buffer.from(textSecret), "", body),
      own(creativeai({ secret: textSecret }), headers, body),
      peer("@octokit/webhooks-methods", () =>
        octokitVerify(textSecret, text, headers["x-creativeai-signature"] as string),
      ),
    ],
  };
}

/** What it costs to say no. A stale or misshapen request must not reach a hash; a forged one costs what an honest does. */
async function refusals(): Promise<Row[]> {
  const body = bodyOf(1024);
  const provider = aiStats({ secret: textSecret });
  const honest = signAiStats({ secret: textSecret, body }).headers;
  const stale = signAiStats({ secret: textSecret, body, timestamp: 1_700_000_000 }).headers;
  const name = "x-ai-stats-signature";
  const candidates = Object.entries({
    honest,
    forged: { ...honest, [name]: "0".repeat(64) },
    "stale timestamp": stale,
    "malformed signature": { ...honest, [name]: "not a signature" },
  }).map(([label, headers]): Candidate & { headers: Record<string, string> } => ({
    name: label,
    headers,
    run(count) {
      for (let done = 0; done < count; done++) provider.verify({ headers, body });
    },
  }));
  const measured = await interleaved(candidates, { clock: "processor" });
  return measured.map((one) => ({
    case: "refusal, 1 KB",
    name: one.name,
    figure: ratioText(one),
    absolute: microsecondsText(one.microseconds),
    ...targetOfRefusal(one.name, one.ratio, one.microseconds),
  }));
}

function targetOfRefusal(
  name: string,
  ratio: number,
  microseconds: number,
): { target?: string; met?: boolean } {
  if (name === "honest") return {};
  if (name === "forged") return { target: "<= 1.05 of honest", met: ratio <= 1.05 };
  return { target: "< 1 µs", met: microseconds < 1 };
}
