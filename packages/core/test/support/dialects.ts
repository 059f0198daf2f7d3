import { createHash, createHmac } from "node:crypto";
import type { Provider, SecretOption } from "@latchhook/core";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import { creativeai } from "@latchhook/core/providers/creativeai";
import { videogen } from "@latchhook/core/providers/videogen";
import {
  aiStatsPayload,
  creativeaiPayload,
  signAiStats,
  signCreativeai,
  signVideogen,
  videogenPayload,
} from "@latchhook/testing";

/** What is to be signed; what is left out takes the dialect's usual value. */
export interface Content {
  readonly secret?: string;
  readonly body?: string | Uint8Array | object;
  readonly timestamp?: number | string;
  readonly id?: string;
}

export interface PlainRequest {
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/** One way to sign, with what the table tests need to take it apart. */
export interface Dialect {
  readonly name: string;
  readonly provider: (options: { secret: SecretOption; toleranceSeconds?: number }) => Provider;
  readonly secrets: readonly [string, string];
  readonly signatureHeader: string;
  readonly timestampHeader: string | undefined;
  /** What stands before the digest in the signature header. */
  readonly prefix: "" | "sha256=" | "v1,";
  readonly encoding: "hex" | "base64";
  readonly key: (secret: string) => Uint8Array;
  readonly payload: () => object;
  readonly sign: (content?: Content) => PlainRequest;
}

const utf8 = (secret: string): Uint8Array => Buffer.from(secret);
const textSecrets = ["whsec_first-of-two", "whsec_second-of-two"] as const;

function aiStatsDialect(headerFamily: "ai-stats" | "phaseo"): Dialect {
  return {
    name: headerFamily,
    provider: aiStats,
    secrets: textSecrets,
    signatureHeader: `x-${headerFamily}-signature`,
    timestampHeader: `x-${headerFamily}-timestamp`,
    prefix: "",
    encoding: "hex",
    key: utf8,
    payload: () => aiStatsPayload({ jobId: "video_01" }),
    sign: ({ secret = textSecrets[0], body, timestamp } = {}) =>
      signAiStats({ secret, body, timestamp, headerFamily, jobId: "video_01" }),
  };
}

const videogenSecrets = [
  "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
] as const;

const videogenDialect: Dialect = {
  name: "videogen",
  provider: videogen,
  secrets: videogenSecrets,
  signatureHeader: "webhook-signature",
  timestampHeader: "webhook-timestamp",
  prefix: "v1,",
  encoding: "base64",
  key: (secret) => Buffer.from(secret.slice("whsec_".length), "base64"),
  payload: () => videogenPayload({ jobId: "tool_exec_01" }),
  sign: ({ secret = videogenSecrets[0], body, timestamp, id } = {}) =>
    signVideogen({ secret, body, timestamp, id, jobId: "tool_exec_01" }),
};

const creativeaiDialect: Dialect = {
  name: "creativeai",
  provider: creativeai,
  secrets: ["ck_live_first-of-two", "ck_live_second-of-two"],
  signatureHeader: "x-creativeai-signature",
  timestampHeader: undefined,
  prefix: "sha256=",
  encoding: "hex",
  key: utf8,
  payload: () => creativeaiPayload({ generationId: "gen_01" }),
  sign: ({ secret = "ck_live_first-of-two", body } = {}) =>
    signCreativeai({ secret, body, generationId: "gen_01" }),
};

/** Every way to sign that core has: three schemes, one of them under two families of names. */
export const dialects: readonly Dialect[] = [
  aiStatsDialect("ai-stats"),
  aiStatsDialect("phaseo"),
  videogenDialect,
  creativeaiDialect,
];

export const hexDialects: readonly Dialect[] = dialects.filter(({ encoding }) => encoding === "hex");
export const timestampedDialects: readonly Dialect[] = dialects.filter(
  ({ timestampHeader }) => timestampHeader !== undefined,
);

/** The signature header's value without its prefix. */
export function digestIn(dialect: Dialect, { headers }: PlainRequest): string {
  return (headers[dialect.signatureHeader] ?? "").slice(dialect.prefix.length);
}

/** An HMAC-SHA256 of any content under a dialect's key, in its encoding. */
export function hmacOf(dialect: Dialect, ...content: readonly (string | Uint8Array)[]): string {
  const hmac = createHmac("sha256", dialect.key(dialect.secrets[0]));
  for (const part of content) hmac.update(part);
  return hmac.digest(dialect.encoding);
}

/** A plain SHA-256 of any content, in a dialect's encoding. */
export function digestOf(dialect: Dialect, ...content: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of content) hash.update(part);
  return hash.digest(dialect.encoding);
}

/** The request with another signature header. */
export function withSignature(dialect: Dialect, request: PlainRequest, value: string): PlainRequest {
  return withHeader(request, dialect.signatureHeader, value);
}

/** The request with one header set anew, or left out. */
export function withHeader(request: PlainRequest, name: string, value: string | undefined): PlainRequest {
  const headers = { ...request.headers };
  if (value === undefined) delete headers[name];
  else headers[name] = value;
  return { ...request, headers };
}

/** The text with one bit flipped. */
export function flipBit(text: string, bit: number): string {
  const index = bit >> 3;
  return (
    text.slice(0, index) +
    String.fromCharCode(text.charCodeAt(index) ^ (1 << (bit & 7))) +
    text.slice(index + 1)
  );
}
