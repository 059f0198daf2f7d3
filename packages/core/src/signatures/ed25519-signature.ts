import { importEd25519Key, verifyEd25519 } from "#crypto";
import type { Ed25519Key, SignatureEncoding } from "../crypto/crypto.ts";
import { LatchhookError } from "../errors.ts";
import type { JsonObject } from "../reading/json.ts";
import { type KeySet, type KeySetOptions, keySet } from "./key-set.ts";
import { matchKey } from "./match-key.ts";
import { base64Bytes, hexBytes } from "./secret-form.ts";
import { type KeyRing, keyRing, type SecretOption } from "./secrets.ts";
import { type SignatureScheme, type SignatureSchemeOptions, signatureScheme } from "./signature-scheme.ts";
import { signatureShape } from "./signature-shape.ts";

export interface Ed25519SignatureOptions extends SignatureSchemeOptions {
  /** The keys to try: {@link ed25519KeyRing}, {@link ed25519KeySet}, or a source of one's own. */
  readonly keys: KeyRing<Ed25519Key>;
  /** How the signature is written. Default: `hex`, in either case. */
  readonly encoding?: SignatureEncoding | undefined;
  /** What stands before the signature in its header. Default: nothing. */
  readonly prefix?: string | undefined;
}

/**
 * An Ed25519 signature over what the sender signs.
 *
 * @throws LatchhookError `invalid-option`
 * @example
 * // Discord: `x-signature-ed25519: <hex>` over `<timestamp><body>`
 * ed25519Signature({
 *   provider: "discord",
 *   keys: ed25519KeyRing({ provider: "discord", publicKey, environmentVariable: "DISCORD_PUBLIC_KEY" }),
 *   headers: { signature: "x-signature-ed25519", timestamp: "x-signature-timestamp" },
 *   content: [timestamp, body],
 * });
 */
export function ed25519Signature(options: Ed25519SignatureOptions): SignatureScheme {
  const { keys, encoding = "hex", prefix } = options;
  return signatureScheme(
    options,
    signatureShape("ed25519", encoding, prefix),
    (request, before, body, after, signatures) =>
      matchKey(keys, request, (key) => verifyEd25519(key, before, body, after, signatures, encoding)),
  );
}

export interface Ed25519KeyOptions {
  /** The provider's factory, as error messages name it. */
  readonly provider: string;
  /** One public key or several, or a function: hex of 32 bytes, or base64 of 32 bytes or of a 44-byte SPKI. */
  readonly publicKey: SecretOption | undefined;
  /** Read where `publicKey` is left out. */
  readonly environmentVariable: string;
}

/**
 * The Ed25519 keys of a sender that shows its public key.
 *
 * @throws LatchhookError `missing-secret` or `invalid-secret`.
 */
export function ed25519KeyRing(options: Ed25519KeyOptions): KeyRing<Ed25519Key> {
  const { provider, publicKey, environmentVariable } = options;
  return keyRing({
    provider,
    option: "publicKey",
    secret: publicKey,
    environmentVariable,
    importKey: (text) => importPublicKey(provider, text),
  });
}

/**
 * The Ed25519 keys of a sender that publishes them as a JSON Web Key Set (RFC 8037). Members of other kinds are skipped.
 *
 * @throws LatchhookError `invalid-option` for a URL that is not `https`.
 */
export function ed25519KeySet(options: Omit<KeySetOptions<Ed25519Key>, "importKey">): KeySet<Ed25519Key> {
  return keySet({ ...options, importKey: importJwk });
}

/** Undefined unless it is an Ed25519 key for signatures. */
function importJwk({ kty, crv, use, x }: JsonObject): Ed25519Key | undefined {
  if (kty !== "OKP" || crv !== "Ed25519" || (use !== undefined && use !== "sig")) return undefined;
  // 32 bytes are 43 digits, the last of which has 4 bits.
  if (typeof x !== "string" || !/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/.test(x)) return undefined;
  const digits = atob(x.replaceAll("-", "+").replaceAll("_", "/"));
  return importEd25519Key(Uint8Array.from(digits, (character) => character.charCodeAt(0)));
}

/** The DER header of a SubjectPublicKeyInfo for Ed25519 (RFC 8410), before the 32 bytes of the key. */
const spkiHeader = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/**
 * A public key in hex or base64, raw or as SPKI, with or without `whpk_`.
 *
 * @throws LatchhookError `invalid-secret`
 */
export function importPublicKey(provider: string, publicKey: string): Ed25519Key {
  const trimmed = publicKey.trim();
  const text = trimmed.startsWith("whpk_") ? trimmed.slice("whpk_".length) : trimmed;
  const bytes =
    hexBytes(text, 32) ??
    base64Bytes(text, { provider, what: "publicKey", prefix: "whpk_", minimumBytes: 32 });
  const raw = spkiHeader.every((byte, index) => bytes[index] === byte)
    ? bytes.slice(spkiHeader.length)
    : bytes;
  if (raw.length === 32) return importEd25519Key(raw);
  throw new LatchhookError(
    "invalid-secret",
    `${provider}: publicKey must be 32 bytes in hex, or base64 of 32 bytes or of a 44-byte SPKI, with or without whpk_.`,
  );
}
