import { verifyEd25519, verifyHmac } from "#crypto";
import type { Ed25519Key, HmacKey } from "../crypto/crypto.ts";
import { LatchhookError } from "../errors.ts";
import { type Refusal, unauthentic } from "../provider.ts";
import { type HeaderSource, readHeader } from "../request/headers.ts";
import { andThen } from "../shared/maybe-promise.ts";
import { importPublicKey } from "./ed25519-signature.ts";
import { importHmacSecret } from "./hmac-signature.ts";
import { matchKey, verifyAny } from "./match-key.ts";
import type { SecretForm } from "./secret-form.ts";
import { type KeyRing, keyRing, type SecretOption } from "./secrets.ts";
import { mostSignatures } from "./signature-headers.ts";
import type { SignatureScheme } from "./signature-scheme.ts";
import { signatureShape } from "./signature-shape.ts";
import { checkSignedHeader } from "./signed-content.ts";
import { checkTimestamp, resolveTolerance } from "./timestamp.ts";

export interface StandardWebhooksSignatureOptions {
  /** The provider's factory, as error messages name it. */
  readonly provider: string;
  readonly secret: SecretOption | undefined;
  /** Read where `secret` is left out. */
  readonly environmentVariable: string;
  /**
   * How the secret becomes a key. Several where the secret does not tell which of them its sender uses: all are tried,
   * but for those before the last that it does not fit. Default: `base64`, as the specification has it.
   */
  readonly secretForm?: SecretForm | readonly SecretForm[] | undefined;
  /** Ed25519 public keys for `v1a`, as `whpk_…`. With one, a secret is only needed where `v1` is to be accepted too. */
  readonly publicKey?: string | readonly string[] | undefined;
  /** How far the timestamp may be from the clock, either way, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
  /** `svix` for senders that still use the older header names. Default: `webhook`. */
  readonly headerPrefix?: "webhook" | "svix" | undefined;
}

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
 *
 * @throws LatchhookError `missing-secret`, `invalid-secret` or `invalid-option`.
 */
export function standardWebhooksSignature(options: StandardWebhooksSignatureOptions): SignatureScheme {
  const tolerance = resolveTolerance(options.provider, options.toleranceSeconds);
  const publicKeys = importPublicKeys(options);
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
    const timestamp = readHeader(headers, names.timestamp);
    return (
      checkSignedHeader(id, ".") ??
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
      const byPublicKey = () =>
        verifyAny(publicKeys, (key) => verifyEd25519(key, prefix, request.body, "", v1a, "base64"));
      if (ring === undefined || v1.length === 0) return byPublicKey();
      const bySecret = matchKey(ring, request, (forms) =>
        andThen(
          verifyAny(forms, (key) => verifyHmac(key, prefix, request.body, "", v1, "base64")),
          ({ ok }) => ok,
        ),
      );
      if (v1a.length === 0) return bySecret;
      return andThen(bySecret, (verified) => (verified.ok ? verified : byPublicKey()));
    },
  };
}

function resolvePrefix({ provider, headerPrefix = "webhook" }: StandardWebhooksSignatureOptions): string {
  if (headerPrefix === "webhook" || headerPrefix === "svix") return headerPrefix;
  throw new LatchhookError("invalid-option", `${provider}: headerPrefix must be "webhook" or "svix".`);
}

const v1Shape = signatureShape("sha256", "base64", "v1,");
const v1aShape = signatureShape("ed25519", "base64", "v1a,");

/**
 * Sorts the list by version and leaves out what is not well-formed. Two header lines arrive joined with a comma, so
 * one at the end of an entry is dropped.
 */
function splitSignatures(header: string | undefined): Omit<CheckedHeaders, "prefix"> | Refusal {
  if (header === undefined || header.trim() === "") return unauthentic("missing-signature");
  // Nearly always there is one, and one look is enough.
  const only = v1Shape.read(header);
  if (only !== undefined) return { ok: true, v1: [only], v1a: [] };
  const entries = header.split(" ", mostSignatures + 1);
  if (entries.length > mostSignatures) return unauthentic("too-many-signatures");
  const v1: string[] = [];
  const v1a: string[] = [];
  for (const entry of entries) {
    const text = entry.endsWith(",") ? entry.slice(0, -1) : entry;
    const hmac = v1Shape.read(text);
    const ed25519 = v1aShape.read(text);
    if (hmac !== undefined) v1.push(hmac);
    else if (ed25519 !== undefined) v1a.push(ed25519);
    else if (/^v1a?(,|$)/.test(text) && entries.length === 1) return unauthentic("malformed-signature");
  }
  return { ok: true, v1, v1a };
}

/** For each secret its keys, one for each form. */
function secretRing(
  { secretForm = "base64", secret, provider, environmentVariable }: StandardWebhooksSignatureOptions,
  hasPublicKey: boolean,
): KeyRing<readonly HmacKey[]> | undefined {
  if (secret === undefined && hasPublicKey) return undefined;
  const forms = [secretForm].flat();
  const importKey = (text: string): readonly HmacKey[] =>
    forms.flatMap((form, index) => {
      try {
        return [importHmacSecret(text, { provider, secretForm: form })];
      } catch (error) {
        if (index === forms.length - 1) throw error;
        return [];
      }
    });
  return keyRing({ provider, secret, environmentVariable, importKey });
}

function importPublicKeys({
  provider,
  publicKey = [],
}: StandardWebhooksSignatureOptions): readonly Ed25519Key[] {
  return [publicKey].flat().map((text) => importPublicKey(provider, text));
}
