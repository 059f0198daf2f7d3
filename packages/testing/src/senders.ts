import type { Provider, SecretOption } from "@latchhook/core";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import { creativeai } from "@latchhook/core/providers/creativeai";
import { github } from "@latchhook/core/providers/github";
import { videogen } from "@latchhook/core/providers/videogen";
import { aiStatsPayload } from "./payloads/ai-stats-payload.ts";
import { creativeaiPayload } from "./payloads/creativeai-payload.ts";
import { videogenPayload } from "./payloads/videogen-payload.ts";
import { signAiStats } from "./sign-ai-stats.ts";
import { signCreativeai } from "./sign-creativeai.ts";
import { signGithub } from "./sign-github.ts";
import { signVideogen } from "./sign-videogen.ts";
import type { SignedWebhook, WebhookBody } from "./signed-webhook.ts";

/** What is to be signed; what is left out takes the sender's usual value. */
export interface SenderContent {
  /** Default: the first of the sender's `secrets`. */
  readonly secret?: string | undefined;
  /** The job that the delivery is about; becomes part of the default body. */
  readonly jobId?: string | undefined;
  /** Default: a payload about the job. */
  readonly body?: WebhookBody | undefined;
  /** Where the sender signs one. Default: now, in Unix seconds. */
  readonly timestamp?: number | string | undefined;
  /** Which attempt it is, where the sender counts them. Default: 1. */
  readonly attempt?: number | undefined;
  /** When it happened, where the default payload says so and says the same at each attempt. Default: now. */
  readonly occurredAt?: Date | undefined;
  /** The delivery's id, where the sender has one in a header. */
  readonly id?: string | undefined;
  /** Members to add to the default payload. */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}

/** Members of a sender's body without which an event is not known. */
export interface SenderMembers {
  readonly type: string;
  /** The path to the job's id. */
  readonly jobId: readonly string[];
}

/** One sender under one family of header names: how it signs, and what a forger needs to take its requests apart. */
export interface Sender {
  /** The provider's name; of a second family of headers, that one's. */
  readonly name: string;
  /** The sender's own name, as the documentation heads its section. */
  readonly title: string;
  /** The provider's factory as it is imported from `@latchhook/core/providers/<provider>`. */
  readonly factory: string;
  /** The provider's name, as events have it. */
  readonly provider: string;
  readonly environmentVariable: string;
  /** Where the signed body says what is about which job; undefined where its events are about none. */
  readonly members: SenderMembers | undefined;
  /** Makes the provider. */
  readonly makeProvider: (options: { secret: SecretOption; toleranceSeconds?: number }) => Provider;
  /** Two secrets in the sender's form. */
  readonly secrets: readonly [string, string];
  /** The bytes that the sender makes of a secret. */
  readonly key: (secret: string) => Uint8Array;
  /** In lower case. */
  readonly signatureHeader: string;
  /** In lower case; undefined where no time is signed. */
  readonly timestampHeader: string | undefined;
  /** What stands before the digest in the signature header. */
  readonly prefix: "" | "sha256=" | "v1,";
  readonly encoding: "hex" | "base64";
  /** The default payload. */
  readonly payload: (jobId?: string) => object;
  readonly sign: (content?: SenderContent) => SignedWebhook;
}

const utf8 = (secret: string): Uint8Array => new TextEncoder().encode(secret);

const toUnixSeconds = (date: Date | undefined): number | undefined =>
  date === undefined ? undefined : Math.floor(date.getTime() / 1000);

function aiStatsSender(headerFamily: "ai-stats" | "phaseo"): Sender {
  const secrets = ["whsec_first-of-two", "whsec_second-of-two"] as const;
  return {
    name: headerFamily,
    title: "AI Stats (Phaseo)",
    factory: "aiStats",
    provider: "ai-stats",
    environmentVariable: "AI_STATS_WEBHOOK_SECRET",
    members: { type: "type", jobId: ["data", "id"] },
    makeProvider: aiStats,
    secrets,
    key: utf8,
    signatureHeader: `x-${headerFamily}-signature`,
    timestampHeader: `x-${headerFamily}-timestamp`,
    prefix: "",
    encoding: "hex",
    payload: (jobId = "video_01") => aiStatsPayload({ jobId }),
    sign: ({ secret = secrets[0], body, timestamp, attempt, jobId = "video_01", data } = {}) =>
      signAiStats({ secret, body, timestamp, attempt, headerFamily, jobId, data }),
  };
}

function videogenSender(): Sender {
  const secrets = [
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
  ] as const;
  return {
    name: "videogen",
    title: "VideoGen",
    factory: "videogen",
    provider: "videogen",
    environmentVariable: "VIDEOGEN_WEBHOOK_SECRET",
    members: { type: "event", jobId: ["toolExecutionId"] },
    makeProvider: videogen,
    secrets,
    key: (secret) => Buffer.from(secret.slice("whsec_".length), "base64"),
    signatureHeader: "webhook-signature",
    timestampHeader: "webhook-timestamp",
    prefix: "v1,",
    encoding: "base64",
    payload: (jobId = "tool_exec_01") => videogenPayload({ jobId }),
    sign: ({ secret = secrets[0], body, timestamp, id, occurredAt, jobId = "tool_exec_01", data } = {}) =>
      signVideogen({ secret, body, timestamp, id, occurredAt: toUnixSeconds(occurredAt), jobId, data }),
  };
}

function creativeaiSender(): Sender {
  const secrets = ["ck_live_first-of-two", "ck_live_second-of-two"] as const;
  return {
    name: "creativeai",
    title: "CreativeAI",
    factory: "creativeai",
    provider: "creativeai",
    environmentVariable: "CREATIVEAI_API_KEY",
    members: { type: "status", jobId: ["id"] },
    makeProvider: creativeai,
    secrets,
    key: utf8,
    signatureHeader: "x-creativeai-signature",
    timestampHeader: undefined,
    prefix: "sha256=",
    encoding: "hex",
    payload: (jobId = "gen_01") => creativeaiPayload({ generationId: jobId }),
    sign: ({ secret = secrets[0], body, occurredAt: completedAt, jobId = "gen_01", data } = {}) =>
      signCreativeai({ secret, body, completedAt, generationId: jobId, data }),
  };
}

function githubSender(): Sender {
  const secrets = ["first of two, for GitHub", "second of two, for GitHub"] as const;
  const payload = (jobId = "1", data: object = {}) => ({
    action: "opened",
    issue: { number: 1, title: jobId },
    ...data,
  });
  return {
    name: "github",
    title: "GitHub",
    factory: "github",
    provider: "github",
    environmentVariable: "GITHUB_WEBHOOK_SECRET",
    members: undefined,
    makeProvider: github,
    secrets,
    key: utf8,
    signatureHeader: "x-hub-signature-256",
    timestampHeader: undefined,
    prefix: "sha256=",
    encoding: "hex",
    payload: (jobId) => payload(jobId),
    sign: ({ secret = secrets[0], body, jobId, id, data } = {}) =>
      signGithub({ secret, event: "issues", body: body ?? payload(jobId, data), deliveryId: id }),
  };
}

/** Every sender that latchhook has a provider of its own for, AI Stats under both families of its headers. */
export const senders: readonly Sender[] = [
  aiStatsSender("ai-stats"),
  aiStatsSender("phaseo"),
  videogenSender(),
  creativeaiSender(),
  githubSender(),
];
