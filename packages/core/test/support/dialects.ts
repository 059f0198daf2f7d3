import { createHash, createHmac } from "node:crypto";
import { type HmacSender, hmacSenders, type SenderContent } from "@latchhook/testing";

export interface PlainRequest {
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/** One way to sign, with what the table tests need to take it apart. */
export type Dialect = HmacSender;
export type Content = SenderContent;

/** Every scheme with an HMAC in a header of its own. */
export const dialects: readonly Dialect[] = hmacSenders;

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
