import { importEd25519Key, importHmacKey, verifyEd25519, verifyHmac } from "#crypto";
import type { Ed25519Key, HmacKey } from "../crypto/crypto.ts";
import { LatchhookError } from "../errors.ts";
import { type Provider, type Refusal, unauthentic } from "../provider.ts";
import { type HeaderSource, readHeader } from "../request/headers.ts";
import { andThen } from "../shared/maybe-promise.ts";
import { matchKey, verifyAny } from "./match-key.ts";
import { base64Secret, type KeyRing, keyRing, type SecretOption } from "./secrets.ts";
import { checkTimestamp, resolveTolerance } from "./timestamp.ts";

export interface StandardWebhooksSignatureOptions {
  /** The provider's factory, as error messages name it. */
  readonly provider: string;
  readonly secret: SecretOption | undefined;
  readonly environmentVariable: string;
  /** Ed25519 public keys for `v1a`, as `whpk_…`. With one, a secret is only needed where `v1` is to be accepted too. */
  readonly publicKey?: string | readonly string[] | undefined;
  /** How far the timestamp may be from the clock, either way, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
  /** `svix` for senders that still use the older header names. Default: `webhook`. */
  readonly headerPrefix?: "webhook" | "svix" | undefined;
}

/** More than any rotation needs; a sender can make a receiver hash no more than this. */
const mostSignatures = 32;

interface CheckedHeaders {
  readonly ok: true;
  /** What is signed before the body: `${id}.${timestamp}.` */
  readonly prefix: string;
  /** Well-formed signatures per version, without the version. */
  readonly v1: readonly string[];
  readonly v1a: readonly string[];
}

/**
 * Standard Webhooks (https://www.standardwebhooks.com): `v1` is HMAC-SHA256 and `v1a` Ed25519, in base64, over
 * `${id}.${timestamp}.${body}`. Unknown versions are skipped, and any match is enough.
 */
export function standardWebhooksSignature(
  options: StandardWebhooksSignatureOptions,
): Pick<Provider, "precheck" | "verify"> {
  const tolerance = resolveTolerance(options.provider, options.toleranceSeconds);
  const publicKeys = importPublicKeys(options.provider, options.publicKey);
  const ring = secretRing(options, publicKeys.length > 0);
  const prefix = resolvePrefix(options);

  const names = { id: `${prefix}-id`, timestamp: `${prefix}-timestamp`, signature: `${prefix}-signature` };

  function check(headers: HeaderSource, receivedAt: number): CheckedHeaders | Refusal {
    const signatures = splitSignatures(readHeader(headers, names.signature));
    if (!signatures.ok) return signatures;
    const { v1, v1a } = signatures;
    if ((ring === undefined || v1.length === 0) && (publicKeys.length === 0 || v1a.length === 0)) {
      return unauthentic("unsupported-signature-version");
    }
    const id = readHeader(headers, names.id);
    if (id === undefined || id === "") return unauthentic("missing-id");
    if (!isWebhookId(id)) return unauthentic("malformed-id");
    const timestamp = readHeader(headers, names.timestamp);
    return (
      checkTimestamp(timestamp, receivedAt, tolerance) ?? { ok: true, prefix: `${id}.${timestamp}.`, v1, v1a }
    );
  }

  return {
    precheck({ headers, receivedAt = Date.now() }) {
      const checked = check(headers, receivedAt);
      return checked.ok ? undefined : checked;
    },
    verify(request) {
      const checked = check(request.headers, request.receivedAt ?? Date.now());
      if (!checked.ok) return checked;
      const { prefix, v1, v1a } = checked;
      const bySecret =
        ring === undefined || v1.length === 0
          ? mismatch
          : matchKey(ring, request, (key) => verifyHmac(key, prefix, request.body, v1, "base64"));
      if (publicKeys.length === 0 || v1a.length === 0) return bySecret;
      return andThen(bySecret, (verified) =>
        verified.ok
          ? verified
          : verifyAny(publicKeys, (key) => verifyEd25519(key, prefix, request.body, v1a)),
      );
    },
  };
}

const mismatch = unauthentic("signature-mismatch");

function resolvePrefix({ provider, headerPrefix = "webhook" }: StandardWebhooksSignatureOptions): string {
  if (headerPrefix === "webhook" || headerPrefix === "svix") return headerPrefix;
  throw new LatchhookError("invalid-option", `${provider}: headerPrefix must be "webhook" or "svix".`);
}

/** Printable ASCII, at most 256, without a dot: with one, id, timestamp and body could be split anew. */
function isWebhookId(id: string): boolean {
  return id.length <= 256 && !/[^\x21-\x2d\x2f-\x7e]/.test(id);
}

const v1Signature = /^v1,[A-Za-z0-9+/]{43}=$/;

/**
 * Sorts the list by version and leaves out what is not well-formed. Two header lines arrive joined with a comma, so
 * one at the end of an entry is dropped.
 */
function splitSignatures(header: string | undefined): Omit<CheckedHeaders, "prefix"> | Refusal {
  if (header === undefined || header.trim() === "") return unauthentic("missing-signature");
  // Nearly always there is one, and one look is enough.
  if (v1Signature.test(header)) return { ok: true, v1: [header.slice(3)], v1a: [] };
  const entries = header.includes(" ") ? header.split(" ", mostSignatures + 1) : [header];
  if (entries.length > mostSignatures) return unauthentic("too-many-signatures");
  const v1: string[] = [];
  const v1a: string[] = [];
  for (const entry of entries) {
    const signature = entry.endsWith(",") ? entry.slice(0, -1) : entry;
    if (v1Signature.test(signature)) v1.push(signature.slice(3));
    else if (/^v1a,[A-Za-z0-9+/]{86}==$/.test(signature)) v1a.push(signature.slice(4));
    else if (/^v1a?(,|$)/.test(signature) && entries.length === 1) return unauthentic("malformed-signature");
  }
  return { ok: true, v1, v1a };
}

function secretRing(
  options: StandardWebhooksSignatureOptions,
  hasPublicKey: boolean,
): KeyRing<HmacKey> | undefined {
  if (options.secret === undefined && hasPublicKey) return undefined;
  return keyRing({
    ...options,
    // The specification asks for 24 to 64 bytes; some senders issue 16.
    importKey: (secret) => importHmacKey(base64Secret(options.provider, secret, "whsec_", 16)),
  });
}

/** The DER header of a SubjectPublicKeyInfo for Ed25519 (RFC 8410), before the 32 bytes of the key. */
const spkiHeader = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

function importPublicKeys(
  provider: string,
  publicKey: string | readonly string[] | undefined,
): readonly Ed25519Key[] {
  if (publicKey === undefined) return [];
  const texts = typeof publicKey === "string" ? [publicKey] : publicKey;
  return texts.map((text) => {
    const bytes = base64Secret(provider, text, "whpk_", 32);
    const raw = spkiHeader.every((byte, index) => bytes[index] === byte)
      ? bytes.slice(spkiHeader.length)
      : bytes;
    if (raw.length !== 32) {
      throw new LatchhookError(
        "invalid-secret",
        `${provider}: publicKey must be base64 of 32 bytes, or of a 44-byte SPKI, after whpk_.`,
      );
    }
    return importEd25519Key(raw);
  });
}
