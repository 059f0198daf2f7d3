import type { Ed25519Key, HmacKey, PlatformCrypto, SignatureEncoding } from "./crypto.ts";

type LazyKey = () => Promise<CryptoKey>;

const encoder = new TextEncoder();

export const importHmacKey: PlatformCrypto["importHmacKey"] = (bytes) =>
  lazyKey(() =>
    crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]),
  ) as unknown as HmacKey;

export const importEd25519Key: PlatformCrypto["importEd25519Key"] = (bytes) =>
  lazyKey(() => crypto.subtle.importKey("raw", bytes, "Ed25519", false, ["verify"])) as unknown as Ed25519Key;

export const verifyHmac: PlatformCrypto["verifyHmac"] = async (key, prefix, body, signatures, encoding) => {
  const imported = await (key as unknown as LazyKey)();
  return verifyAny("HMAC", imported, prefix, body, signatures, encoding);
};

export const verifyEd25519: PlatformCrypto["verifyEd25519"] = async (key, prefix, body, signatures) => {
  const imported = await (key as unknown as LazyKey)();
  return verifyAny("Ed25519", imported, prefix, body, signatures, "base64");
};

export const sha256Hex: PlatformCrypto["sha256Hex"] = async (data) => {
  const bytes = typeof data === "string" ? encoder.encode(data) : Uint8Array.from(data);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
};

/** Imports at the first use: importing is asynchronous here, and some runtimes forbid it at module scope. */
function lazyKey(importKey: () => Promise<CryptoKey>): LazyKey {
  let imported: Promise<CryptoKey> | undefined;
  return () => (imported ??= importKey());
}

async function verifyAny(
  algorithm: string,
  key: CryptoKey,
  prefix: string,
  body: Uint8Array,
  signatures: readonly string[],
  encoding: SignatureEncoding,
): Promise<boolean> {
  const prefixBytes = encoder.encode(prefix);
  const content = new Uint8Array(prefixBytes.length + body.length);
  content.set(prefixBytes);
  content.set(body, prefixBytes.length);
  for (const signature of signatures) {
    const bytes = decode(signature, encoding);
    if (bytes !== undefined && (await crypto.subtle.verify(algorithm, key, bytes, content))) return true;
  }
  return false;
}

/** The signature's bytes, or undefined where the text is not their canonical base64. */
function decode(signature: string, encoding: SignatureEncoding): Uint8Array<ArrayBuffer> | undefined {
  if (encoding === "hex") {
    return Uint8Array.from(signature.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  }
  const binary = atob(signature);
  if (btoa(binary) !== signature) return undefined;
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
