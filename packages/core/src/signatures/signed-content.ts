import { sha256Hex } from "#crypto";
import { LatchhookError } from "../errors.ts";
import { type Refusal, type SignedRequest, unauthentic } from "../provider.ts";
import { type HeaderSource, readHeader } from "../request/headers.ts";
import { isPromiseLike, type MaybePromise } from "../shared/maybe-promise.ts";

/** A signed header, as part of what is signed. */
export interface HeaderPart {
  readonly part: "header";
  readonly name: string;
}

/** Text that is derived from the request, such as sorted form parameters, as part of what is signed. It must not throw. */
export type DerivedPart = (request: SignedRequest) => string;

/** The body, the timestamp or the body's hash, as part of what is signed. */
export interface NamedPart {
  readonly part: "body" | "timestamp" | "body-hash";
}

/** One part of what a sender signs. A string is itself: a version, a delimiter, a configured URL. */
export type ContentPart = string | NamedPart | HeaderPart | DerivedPart;

/** The bytes of the body, as they came. */
export const body: NamedPart = { part: "body" };

/** The text of the timestamp, as it came in its header; it has been checked against the clock. */
export const timestamp: NamedPart = { part: "timestamp" };

/** The SHA-256 of the body, in lower-case hex. */
export const bodyHash: NamedPart = { part: "body-hash" };

/**
 * The value of a header that is signed too, such as an id. Refused where it is absent, longer than 256 characters, not
 * printable ASCII, or holds a character of the texts beside it: with one, what was signed could be split anew.
 *
 * @param name the header's name in lower case.
 */
export function header(name: string): HeaderPart {
  return { part: "header", name };
}

/** What is signed, as the platform takes it: text, bytes, text. */
export interface ContentTexts {
  readonly prefix: string;
  readonly suffix: string;
}

/** How a sender's signed content is checked and put together. */
export interface SignedContent {
  /** Whether the body's bytes are part of it, and not only its hash. */
  readonly hasBody: boolean;
  readonly hasTimestamp: boolean;
  /** Refuses signed headers that are absent or misshapen. */
  readonly check: (headers: HeaderSource) => Refusal | undefined;
  readonly assemble: (request: SignedRequest, timestampText: string) => MaybePromise<ContentTexts>;
}

/**
 * Prepares signed content from its parts, once for all requests.
 *
 * @throws LatchhookError `invalid-option` unless the body is in it, once, or its hash, or a text derived from it, and
 * texts stand between a signed header and its neighbours.
 */
export function signedContent(provider: string, parts: readonly ContentPart[]): SignedContent {
  const kinds = parts.map((part) => (typeof part === "object" ? part.part : typeof part));
  const bodies = kinds.filter((kind) => kind === "body" || kind === "body-hash").length;
  if (bodies > 1 || (bodies === 0 && !kinds.includes("function"))) {
    throw unfit(
      provider,
      "must have body, bodyHash or a text derived from them: what is not signed is not believed",
    );
  }
  if (kinds.some((kind, index) => kind === "header" && !isDelimited(kinds, index))) {
    throw unfit(provider, "needs a text between a header and its neighbour, or it could be split anew");
  }
  const bodyIndex = kinds.indexOf("body");
  const before = bodyIndex < 0 ? parts : parts.slice(0, bodyIndex);
  const after = bodyIndex < 0 ? [] : parts.slice(bodyIndex + 1);
  const signedHeaders = checkedHeaders(parts);

  function join(
    some: readonly ContentPart[],
    request: SignedRequest,
    timestampText: string,
    hash: string,
  ): string {
    let text = "";
    for (const part of some) {
      if (typeof part === "string") text += part;
      else if (typeof part === "function") text += part(request);
      else if (part.part === "timestamp") text += timestampText;
      else if (part.part === "header") text += readHeader(request.headers, part.name);
      else text += hash;
    }
    return text;
  }

  const texts = (request: SignedRequest, timestampText: string, hash: string): ContentTexts => ({
    prefix: join(before, request, timestampText, hash),
    suffix: join(after, request, timestampText, hash),
  });

  return {
    hasBody: bodyIndex >= 0,
    hasTimestamp: kinds.includes("timestamp"),
    check(headers) {
      for (const { name, forbidden } of signedHeaders) {
        const refusal = checkSignedHeader(readHeader(headers, name), forbidden);
        if (refusal !== undefined) return refusal;
      }
      return undefined;
    },
    assemble(request, timestampText) {
      if (!kinds.includes("body-hash")) return texts(request, timestampText, "");
      const hash = sha256Hex(request.body);
      return isPromiseLike(hash)
        ? hash.then((hex) => texts(request, timestampText, hex))
        : texts(request, timestampText, hash);
    },
  };
}

function isDelimited(kinds: readonly string[], index: number): boolean {
  return [kinds[index - 1], kinds[index + 1]].every((kind) => kind === undefined || kind === "string");
}

function unfit(provider: string, problem: string): LatchhookError {
  return new LatchhookError("invalid-option", `${provider}: the signed content ${problem}.`);
}

interface CheckedHeader {
  readonly name: string;
  /** Characters that would let the content be split anew. */
  readonly forbidden: string;
}

function checkedHeaders(parts: readonly ContentPart[]): readonly CheckedHeader[] {
  return parts.flatMap((part, index) => {
    if (typeof part !== "object" || part.part !== "header") return [];
    // What stands beside a header is a text, or nothing.
    return [{ name: part.name, forbidden: [parts[index - 1], parts[index + 1]].join("") }];
  });
}

/** Why a header that is part of the signed content is refused, or undefined. */
export function checkSignedHeader(value: string | undefined, forbidden: string): Refusal | undefined {
  if (value === undefined || value === "") return unauthentic("missing-id");
  if (value.length > 256 || notPrintable.test(value)) return unauthentic("malformed-id");
  for (const character of forbidden) if (value.includes(character)) return unauthentic("malformed-id");
  return undefined;
}

const notPrintable = /[^\x21-\x7e]/;
