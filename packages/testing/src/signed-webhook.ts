import { createHash } from "node:crypto";

/**
 * A delivery as its sender would send it. `verifyWebhook(provider, signed)` takes it as it is, `toRequest` makes a
 * Fetch request of it. supertest writes a Buffer as JSON anew, so give it the text:
 *
 * @example
 * await supertest(app).post("/webhooks").set(signed.headers).send(Buffer.from(signed.body).toString()).expect(200);
 */
export interface SignedWebhook {
  readonly method: "POST";
  /** Path and query to ask for, of a sender whose secret is in the URL that you gave it. Others are asked at any. */
  readonly url?: string | undefined;
  /** Names in lower case. */
  readonly headers: Record<string, string>;
  /** The exact bytes that were signed. Send them as they are: a client that serialises them again breaks the signature. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** A body to sign: text and bytes are taken as they are, anything else is written as JSON. */
export type WebhookBody = string | Uint8Array | object;

/**
 * A Fetch request of a signed delivery, for Hono's `app.request`, a Next.js route handler or `receiver.handle`.
 *
 * @example
 * const signed = signAiStats({ secret, type: "video.completed" });
 * const response = await app.request(toRequest(signed, "http://localhost/webhooks/ai-stats"));
 */
export function toRequest(signed: SignedWebhook, url: string | URL): Request {
  const { method, headers, body } = signed;
  return new Request(targetUrl(signed, url), { method, headers, body });
}

/** Where a delivery is to be sent: the URL, with the query that its sender asks with. */
export function targetUrl({ url: own }: Pick<SignedWebhook, "url">, url: string | URL): URL {
  const target = new URL(url);
  for (const [name, value] of new URLSearchParams(own?.split("?", 2)[1])) {
    target.searchParams.set(name, value);
  }
  return target;
}

/** The bytes of a body, in memory of their own. */
export function toBytes(body: WebhookBody): Uint8Array<ArrayBuffer> {
  // Not by `instanceof`: under jsdom bytes may be of another realm.
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice();
  return new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body));
}

/** The JSON object that a body holds, or an empty one: senders derive headers from what they sign. */
export function membersOf(body: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    return toMembers(JSON.parse(new TextDecoder().decode(body)));
  } catch {
    return {};
  }
}

/** The value where it is an object, else an empty one. */
export function toMembers(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

/** Adds a header, unless there is no value or HTTP cannot carry it. */
export function addHeader(headers: Record<string, string>, name: string, value: unknown): void {
  if (typeof value !== "string" && typeof value !== "number") return;
  const text = String(value);
  if (/^[\x21-\x7e]+$/.test(text)) headers[name] = text;
}

/** An id that is the same for the same content, so that signing it again makes a retry. */
export function derivedId(prefix: string, ...content: readonly string[]): string {
  return `${prefix}${createHash("sha256").update(content.join(":")).digest("hex").slice(0, 27)}`;
}

/** Now, in Unix seconds. */
export function unixSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
