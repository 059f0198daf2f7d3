import { createHash, createHmac } from "node:crypto";
import {
  type SenderContent,
  type HmacSender as TestedSender,
  hmacSenders as testedSenders,
} from "@latchhook/testing";
import type { WireRequest } from "@latchhook/testing/wire";
import { sign as signOctokit } from "@octokit/webhooks-methods";
import { Webhook } from "standardwebhooks";
import Stripe from "stripe";
import { appSecrets } from "../../apps/app/src/start-app.ts";
import { headerOf } from "./wire.ts";

/** One sender of the shared table, as the apps receive it. */
export interface Sender
  extends Pick<
    TestedSender,
    "name" | "provider" | "signatureHeader" | "timestampHeader" | "prefix" | "encoding"
  > {
  readonly path: string;
  readonly secret: string;
  /** The secret's bytes, as this sender uses them. */
  readonly key: Uint8Array;
  /** The helpers of `@latchhook/testing`. */
  sign(content?: SenderContent): WireRequest;
  /** A library that shares no code with this repository, over a body in text. */
  signElsewhere(body: string): Promise<WireRequest>;
}

/** Put into bodies and ids, and looked for where neither may ever come. */
export const marker = "Zq7-body-marker";

/** What every job id begins with. The log names jobs, so this may be in it. */
export const jobPrefix = "Kp3-job";

/** The digests of what was genuinely signed: what a forger wants to see in an answer or a log. */
export const genuineDigests = new Set<string>();

let jobs = 0;

/** A job that no delivery has been about. */
export function newJobId(): string {
  jobs += 1;
  return `${jobPrefix}-${jobs}`;
}

export function unixSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** The headers that a library of somebody else makes for a body in text. */
type SignElsewhere = (
  body: string,
  sender: TestedSender,
  secret: string,
) => Promise<Readonly<Record<string, string>>>;

function appSender(name: string, signElsewhere: SignElsewhere): Sender {
  const tested = testedSenders.find((sender) => sender.name === name) as TestedSender;
  const { provider, signatureHeader, timestampHeader, prefix, encoding } = tested;
  const secret = appSecrets[tested.environmentVariable as keyof typeof appSecrets];
  const path = `/webhooks/${provider}`;
  function toWire(headers: Readonly<Record<string, string>>, body: Uint8Array): WireRequest {
    const request = { method: "POST", path, headers: Object.entries(headers), body };
    genuineDigests.add(digestIn(tested, request));
    return request;
  }
  return {
    ...{ name, provider, signatureHeader, timestampHeader, prefix, encoding, path, secret },
    key: tested.key(secret),
    sign({ jobId = newJobId(), ...content } = {}) {
      // Its own id for each delivery, for a sender that has one in a header.
      const usual = { secret, jobId, id: `msg_${jobId}`, data: { prompt: marker } };
      const { headers, body } = tested.sign({ ...usual, ...content });
      return toWire(headers, body);
    },
    async signElsewhere(body) {
      return toWire(await signElsewhere(body, tested, secret), Buffer.from(body));
    },
  };
}

const byStripe: SignElsewhere = async (payload, { signatureHeader, timestampHeader = "" }, secret) => {
  const timestamp = unixSeconds();
  const header = await Stripe.webhooks.generateTestHeaderStringAsync({ payload, secret, timestamp });
  const signature = /v1=([0-9a-f]{64})/.exec(header)?.[1] ?? "";
  return { [timestampHeader]: String(timestamp), [signatureHeader]: signature };
};

const byStandardWebhooks: SignElsewhere = async (body, _sender, secret) => {
  const id = `msg_${newJobId()}`;
  const at = new Date();
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": new Webhook(secret).sign(id, at, body),
  };
};

const byOctokit: SignElsewhere = async (body, { signatureHeader }, secret) => ({
  [signatureHeader]: await signOctokit(secret, body),
});

export const videogenSender: Sender = appSender("videogen", byStandardWebhooks);
export const creativeaiSender: Sender = appSender("creativeai", byOctokit);
export const aiStatsSenders: readonly [Sender, Sender] = [
  appSender("ai-stats", byStripe),
  appSender("phaseo", byStripe),
];
/** Every sender that the apps receive, and AI Stats under both of its names. */
export const senders: readonly Sender[] = [...aiStatsSenders, videogenSender, creativeaiSender];
export const hexSenders: readonly Sender[] = senders.filter(({ encoding }) => encoding === "hex");
export const timestampedSenders: readonly Sender[] = senders.filter(
  ({ timestampHeader }) => timestampHeader !== undefined,
);

/** The digest that a signed request carries. */
export function digestIn(sender: Pick<Sender, "signatureHeader" | "prefix">, request: WireRequest): string {
  return headerOf(request, sender.signatureHeader).slice(sender.prefix.length);
}

/** An HMAC-SHA256 of any content under a sender's key, in its encoding. */
export function hmacOf(sender: Sender, ...content: readonly (string | Uint8Array)[]): string {
  const hmac = createHmac("sha256", sender.key);
  for (const part of content) hmac.update(part);
  return hmac.digest(sender.encoding);
}

/** A plain SHA-256 of any content, in a sender's encoding. */
export function digestOf(sender: Sender, ...content: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of content) hash.update(part);
  return hash.digest(sender.encoding);
}
