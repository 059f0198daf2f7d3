import { createHash, createHmac } from "node:crypto";
import { type SignedWebhook, signAiStats, signCreativeai, signVideogen } from "@latchhook/testing";
import type { WireRequest } from "@latchhook/testing/wire";
import { sign as signOctokit } from "@octokit/webhooks-methods";
import { Webhook } from "standardwebhooks";
import Stripe from "stripe";
import { appSecrets } from "../../apps/app/src/start-app.ts";
import { headerOf } from "./wire.ts";

/** What is to be signed; what is left out takes the sender's usual value. */
export interface Content {
  readonly secret?: string;
  /** The job that the delivery is about; becomes part of the default body. */
  readonly jobId?: string;
  readonly body?: string | Uint8Array | object;
  readonly timestamp?: number | string;
  /** The `webhook-id`, where the sender has one. */
  readonly id?: string;
}

/** One sender under one family of header names, with what a forger needs to take a delivery apart. */
export interface Sender {
  readonly name: string;
  /** As events name it. */
  readonly provider: string;
  readonly path: string;
  readonly secret: string;
  /** The secret's bytes, as this sender uses them. */
  readonly key: Uint8Array;
  readonly signatureHeader: string;
  readonly timestampHeader: string | undefined;
  /** What stands before the digest in the signature header. */
  readonly prefix: "" | "sha256=" | "v1,";
  readonly encoding: "hex" | "base64";
  /** The helpers of `@latchhook/testing`. */
  sign(content?: Content): WireRequest;
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

type Plain = Omit<Sender, "sign" | "signElsewhere"> & {
  readonly sign: (content: Content) => SignedWebhook;
  readonly signElsewhere: (body: string) => Promise<Readonly<Record<string, string>>>;
};

function defineSender(plain: Plain): Sender {
  function toWire(headers: Readonly<Record<string, string>>, body: Uint8Array): WireRequest {
    const request = { method: "POST", path: plain.path, headers: Object.entries(headers), body };
    genuineDigests.add(digestIn(plain, request));
    return request;
  }
  return {
    ...plain,
    sign({ jobId = newJobId(), ...content } = {}) {
      const { headers, body } = plain.sign({ secret: plain.secret, jobId, ...content });
      return toWire(headers, body);
    },
    async signElsewhere(body) {
      return toWire(await plain.signElsewhere(body), Buffer.from(body));
    },
  };
}

function aiStatsSender(headerFamily: "ai-stats" | "phaseo"): Sender {
  const secret = appSecrets.AI_STATS_WEBHOOK_SECRET;
  const [signatureHeader, timestampHeader] = [`x-${headerFamily}-signature`, `x-${headerFamily}-timestamp`];
  return defineSender({
    name: headerFamily,
    provider: "ai-stats",
    path: "/webhooks/ai-stats",
    secret,
    key: Buffer.from(secret),
    signatureHeader,
    timestampHeader,
    prefix: "",
    encoding: "hex",
    sign: ({ secret: used = secret, jobId, body, timestamp }) =>
      signAiStats({ secret: used, jobId, body, timestamp, headerFamily, data: { prompt: marker } }),
    async signElsewhere(payload) {
      const timestamp = unixSeconds();
      const header = await Stripe.webhooks.generateTestHeaderStringAsync({ payload, secret, timestamp });
      const signature = /v1=([0-9a-f]{64})/.exec(header)?.[1] ?? "";
      return { [timestampHeader]: String(timestamp), [signatureHeader]: signature };
    },
  });
}

const videogenSecret = appSecrets.VIDEOGEN_WEBHOOK_SECRET;

export const videogenSender: Sender = defineSender({
  name: "videogen",
  provider: "videogen",
  path: "/webhooks/videogen",
  secret: videogenSecret,
  key: Buffer.from(videogenSecret.slice("whsec_".length), "base64"),
  signatureHeader: "webhook-signature",
  timestampHeader: "webhook-timestamp",
  prefix: "v1,",
  encoding: "base64",
  sign: ({ secret = videogenSecret, jobId, body, timestamp, id }) =>
    // Its own id for each delivery: it alone is the identity.
    signVideogen({ secret, jobId, body, timestamp, id: id ?? `msg_${jobId}`, data: { prompt: marker } }),
  async signElsewhere(body) {
    const id = `msg_${newJobId()}`;
    const at = new Date();
    return {
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
      "webhook-signature": new Webhook(videogenSecret).sign(id, at, body),
    };
  },
});

const creativeaiSecret = appSecrets.CREATIVEAI_API_KEY;

export const creativeaiSender: Sender = defineSender({
  name: "creativeai",
  provider: "creativeai",
  path: "/webhooks/creativeai",
  secret: creativeaiSecret,
  key: Buffer.from(creativeaiSecret),
  signatureHeader: "x-creativeai-signature",
  timestampHeader: undefined,
  prefix: "sha256=",
  encoding: "hex",
  sign: ({ secret = creativeaiSecret, jobId, body }) =>
    signCreativeai({ secret, generationId: jobId, body, data: { prompt: marker } }),
  async signElsewhere(body) {
    return { "x-creativeai-signature": await signOctokit(creativeaiSecret, body) };
  },
});

export const aiStatsSenders: readonly [Sender, Sender] = [aiStatsSender("ai-stats"), aiStatsSender("phaseo")];
/** Every sender, and AI Stats under both of its names. */
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
