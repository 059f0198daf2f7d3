import { importHmacKey, verifyHmac } from "#crypto";
import type { HashAlgorithm, HmacKey, SignatureEncoding } from "../crypto/crypto.ts";
import { matchKey } from "./match-key.ts";
import { type SecretForm, secretBytes } from "./secret-form.ts";
import { type KeyRing, keyRing, type SecretOption } from "./secrets.ts";
import { type SignatureScheme, type SignatureSchemeOptions, signatureScheme } from "./signature-scheme.ts";
import { signatureShape } from "./signature-shape.ts";
import { warnOfWeakSecret } from "./weak-secret.ts";

export interface HmacKeyOptions {
  /** The provider's factory, as error messages name it. */
  readonly provider: string;
  readonly secret: SecretOption | undefined;
  /** Read where `secret` is left out. */
  readonly environmentVariable: string;
  /** How the secret becomes a key. Default: `utf8`, the whole text as it is. */
  readonly secretForm?: SecretForm | undefined;
  /** What the sender puts before a secret, for the forms that look at it. Default: `whsec_`. */
  readonly secretPrefix?: string | undefined;
  /** Default: `sha256`. */
  readonly algorithm?: HashAlgorithm | undefined;
}

export interface HmacSignatureOptions extends HmacKeyOptions, SignatureSchemeOptions {
  /** How the signature is written. Default: `hex`, in either case. */
  readonly encoding?: SignatureEncoding | undefined;
  /** What stands before the signature in its header or field, such as `sha256=`. Default: nothing. */
  readonly prefix?: string | undefined;
}

/**
 * An HMAC of what the sender signs: the construction of most senders, which differ in its parameters alone.
 *
 * @throws LatchhookError `missing-secret`, `invalid-secret` or `invalid-option`.
 * @example
 * // Slack: `x-slack-signature: v0=<hex>` over `v0:<timestamp>:<body>`
 * hmacSignature({
 *   provider: "slack",
 *   secret: options.secret,
 *   environmentVariable: "SLACK_SIGNING_SECRET",
 *   headers: { signature: "x-slack-signature", timestamp: "x-slack-request-timestamp" },
 *   prefix: "v0=",
 *   content: ["v0:", timestamp, ":", body],
 * });
 */
export function hmacSignature(options: HmacSignatureOptions): SignatureScheme {
  const { algorithm = "sha256", encoding = "hex", prefix } = options;
  const ring = hmacKeyRing(options);
  return signatureScheme(
    options,
    signatureShape(algorithm, encoding, prefix),
    (request, before, body, after, signatures) =>
      matchKey(ring, request, (key) => verifyHmac(key, before, body, after, signatures, encoding)),
  );
}

/**
 * The HMAC keys of a provider's secret.
 *
 * @throws LatchhookError `missing-secret` or `invalid-secret`.
 */
export function hmacKeyRing(options: HmacKeyOptions): KeyRing<HmacKey> {
  const { provider, secret, environmentVariable } = options;
  const importKey = (text: string): HmacKey => importHmacSecret(text, options);
  return keyRing({ provider, secret, environmentVariable, importKey });
}

/**
 * The HMAC key of one secret.
 *
 * @throws LatchhookError `invalid-secret`
 */
export function importHmacSecret(
  secret: string,
  options: Pick<HmacKeyOptions, "provider" | "secretForm" | "secretPrefix" | "algorithm">,
): HmacKey {
  const { provider, secretForm: form = "utf8", secretPrefix: prefix, algorithm = "sha256" } = options;
  if (form !== "base64") warnOfWeakSecret(provider, secret);
  return importHmacKey(secretBytes(secret, { provider, form, prefix }), algorithm);
}
