import type { Ed25519Key, HashAlgorithm, HmacKey, PlatformCrypto, SignatureEncoding } from "./crypto.ts";

interface WebHmacKey {
  readonly algorithm: HashAlgorithm;
  readonly key: LazyKey;
}

type LazyKey = () => Promise<CryptoKey>;

const encoder = new TextEncoder();

const hashNames = { sha1: "SHA-1", sha256: "SHA-256", sha512: "SHA-512" } as const;

const signatureBytes = { sha1: 20, sha256: 32, sha512: 64 } as const;

export const importHmacKey: PlatformCrypto["importHmacKey"] = (bytes, algorithm) => {
  const parameters = { name: "HMAC", hash: hashNames[algorithm] };
  const key = lazyKey(() => crypto.subtle.importKey("raw", bytes, parameters, false, ["sign", "verify"]));
  return { algorithm, key } satisfies WebHmacKey as unknown as HmacKey;
};

export const importEd25519Key: PlatformCrypto["importEd25519Key"] = (bytes) =>
  lazyKey(() => crypto.subtle.importKey("raw", bytes, "Ed25519", false, ["verify"])) as unknown as Ed25519Key;

export const verifyHmac: PlatformCrypto["verifyHmac"] = async (
  hmacKey,
  prefix,
  body,
  suffix,
  signatures,
  encoding,
) => {
  const { algorithm, key } = hmacKey as unknown as WebHmacKey;
  const decoded = decodeAll(signatures, encoding, signatureBytes[algorithm]);
  return verifyAny("HMAC", await key(), join(prefix, body, suffix), decoded);
};

export const hmacHex: PlatformCrypto["hmacHex"] = async (hmacKey, text) => {
  const { key } = hmacKey as unknown as WebHmacKey;
  return toHex(new Uint8Array(await crypto.subtle.sign("HMAC", await key(), encoder.encode(text))));
};

export const verifyEd25519: PlatformCrypto["verifyEd25519"] = async (
  key,
  prefix,
  body,
  suffix,
  signatures,
  encoding,
) => {
  const decoded = decodeAll(signatures, encoding, 64);
  return verifyAny("Ed25519", await (key as unknown as LazyKey)(), join(prefix, body, suffix), decoded);
};

export const sha256Hex: PlatformCrypto["sha256Hex"] = async (data) => {
  const bytes = typeof data === "string" ? encoder.encode(data) : Uint8Array.from(data);
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
};

// Web Crypto compares in constant time only where it verifies: under a key that is nobody's, each text's HMAC is too.
export const equalTexts: PlatformCrypto["equalTexts"] = async (secret, candidate) => {
  const key = await comparisonKey();
  const tag = await crypto.subtle.sign("HMAC", key, encoder.encode(secret));
  return crypto.subtle.verify("HMAC", key, tag, encoder.encode(candidate));
};

const comparisonKey = lazyKey(() =>
  crypto.subtle.importKey(
    "raw",
    crypto.getRandomValues(new Uint8Array(32)),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign", "verify"],
  ),
);

/** Imports at the first use: importing is asynchronous here, and some runtimes forbid it at module scope. */
function lazyKey(importKey: () => Promise<CryptoKey>): LazyKey {
  let imported: Promise<CryptoKey> | undefined;
  return () => (imported ??= importKey());
}

function join(prefix: string, body: Uint8Array, suffix: string): Uint8Array<ArrayBuffer> {
  const [before, after] = [encoder.encode(prefix), encoder.encode(suffix)];
  const content = new Uint8Array(before.length + body.length + after.length);
  content.set(before);
  content.set(body, before.length);
  content.set(after, before.length + body.length);
  return content;
}

async function verifyAny(
  algorithm: string,
  key: CryptoKey,
  content: Uint8Array<ArrayBuffer>,
  signatures: readonly Uint8Array<ArrayBuffer>[],
): Promise<boolean> {
  for (const signature of signatures) {
    if (await crypto.subtle.verify(algorithm, key, signature, content)) return true;
  }
  return false;
}

/** The signatures that are canonical text of the right number of bytes; what is not can match nothing. */
function decodeAll(
  signatures: readonly string[],
  encoding: SignatureEncoding,
  byteLength: number,
): readonly Uint8Array<ArrayBuffer>[] {
  const decode = encoding === "hex" ? decodeHex : encoding === "base64" ? decodeBase64 : decodeBase64url;
  return signatures.flatMap((signature) => {
    const bytes = decode(signature);
    return bytes?.length === byteLength ? [bytes] : [];
  });
}

function decodeHex(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (/[^0-9a-f]/.test(text) || text.length % 2 === 1) return undefined;
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

const base64Text = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  // `atob` skips white space, supplies padding and throws at the rest.
  if (!base64Text.test(text)) return undefined;
  const binary = atob(text);
  if (btoa(binary) !== text) return undefined;
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (/[^A-Za-z0-9_-]/.test(text)) return undefined;
  const padded = text
    .replaceAll("-", "+")
    .replaceAll("_", "/")
    .padEnd(Math.ceil(text.length / 4) * 4, "=");
  return decodeBase64(padded);
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
