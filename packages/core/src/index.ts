export { type ByteCollector, collectBytes } from "./collect-bytes.ts";
export type { Delivery } from "./delivery.ts";
export { isLatchhookError, LatchhookError, type LatchhookErrorCode } from "./errors.ts";
export {
  isTerminal,
  type Job,
  type JobStatus,
  type KnownEvent,
  toJob,
  type UnknownEvent,
  type UnknownType,
  type WebhookEvent,
} from "./event.ts";
export { type HeaderSource, readHeader } from "./headers.ts";
export { deliveryKey, type IdentityPart, identityPart } from "./key.ts";
export { type LazyReceiver, lazyReceiver, type OptionsSource } from "./lazy-receiver.ts";
export type { MaybePromise } from "./maybe-promise.ts";
export type { ReceiverOptions } from "./options.ts";
export { type Answer, type Outcome, type OutcomeCode, statusOf } from "./outcome.ts";
export {
  type DeliveryPolicy,
  defineProvider,
  type MalformedReason,
  malformed,
  type Provider,
  type Reading,
  type Refusal,
  type SignedRequest,
  type UnauthenticReason,
  unauthentic,
  type Verified,
} from "./provider.ts";
export { createReceiver, type HandleContext, type Receiver } from "./receiver.ts";
export {
  type BodyLimits,
  type BodyResult,
  fromFetchRequest,
  readStream,
  type WebhookRequest,
} from "./request.ts";
export type { SchemaEvent, StandardSchema } from "./schema.ts";
export type { SecretOption } from "./secrets.ts";
export type { Claim, ClaimOptions, ClaimResult, ClaimUpdate, RetainOptions, Store } from "./store.ts";
export { type VerifiedWebhook, verifyWebhook } from "./verify-webhook.ts";
