/**
 * What authors of providers build with. Everything here is meant to be used and kept; what is not here is not.
 *
 * @module
 */

export type { Ed25519Key, HashAlgorithm, HmacKey, SignatureEncoding } from "./crypto/crypto.ts";
export {
  defineSender,
  type EventSchemas,
  eventTypes,
  type PayloadEvent,
  type SenderDefinition,
  type SenderEvent,
  type SenderReading,
  type UntypedSenderDefinition,
  type VerifiedContent,
} from "./define-sender.ts";
export { isTerminal, type Job, type JobStatus, toJob } from "./event.ts";
export {
  type Handshake,
  handshake,
  malformed,
  type Reading,
  type Refusal,
  type Reply,
  unauthentic,
} from "./provider.ts";
export { type FormField, type FormFields, formFields, parseForm } from "./reading/form.ts";
export {
  count,
  dateFromIso,
  dateFromMilliseconds,
  dateFromSeconds,
  isJsonObject,
  type JsonObject,
  objectMember,
  type ParsedObject,
  parseJsonArray,
  parseJsonObject,
  stringMember,
} from "./reading/json.ts";
export { deliveryKey, type IdentityPart, identityPart } from "./reading/key.ts";
export { matches, type Schema } from "./reading/matches.ts";
export { type HeaderSource, readHeader } from "./request/headers.ts";
export { queryParameter } from "./request/query-parameter.ts";
export {
  type Ed25519KeyOptions,
  type Ed25519SignatureOptions,
  ed25519KeyRing,
  ed25519KeySet,
  ed25519Signature,
} from "./signatures/ed25519-signature.ts";
export type { FetchKeys, FetchKeysInit } from "./signatures/fetch-document.ts";
export {
  type HmacKeyOptions,
  type HmacSignatureOptions,
  hmacKeyRing,
  hmacSignature,
} from "./signatures/hmac-signature.ts";
export { type KeySet, type KeySetOptions, keySet } from "./signatures/key-set.ts";
export { matchKey } from "./signatures/match-key.ts";
export { type PinnedHeaderOptions, pinnedHeader } from "./signatures/pinned-header.ts";
export { base64Bytes, hexBytes, type SecretForm, secretBytes } from "./signatures/secret-form.ts";
export { type KeyRing, keyRing, type SecretOption, type SecretSource } from "./signatures/secrets.ts";
export { type SecretPlace, type SharedSecretOptions, sharedSecret } from "./signatures/shared-secret.ts";
export type { PackedHeader, SeparateHeaders, SignatureHeaders } from "./signatures/signature-headers.ts";
export type { SignatureScheme, SignatureSchemeOptions } from "./signatures/signature-scheme.ts";
export { type SignatureShape, signatureShape } from "./signatures/signature-shape.ts";
export { body, bodyHash, type ContentPart, header, timestamp } from "./signatures/signed-content.ts";
export { signedUrl } from "./signatures/signed-url.ts";
export { standardWebhooksPolicy } from "./signatures/standard-webhooks-policy.ts";
export {
  type StandardWebhooksSignatureOptions,
  standardWebhooksSignature,
} from "./signatures/standard-webhooks-signature.ts";
export {
  type ContentAgeLimits,
  checkContentAge,
  checkTimestamp,
  defaultToleranceSeconds,
  repeatHorizonMs,
  resolveTolerance,
  type TimestampUnit,
} from "./signatures/timestamp.ts";
