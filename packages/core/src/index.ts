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
export { deliveryKey, type IdentityPart, identityPart } from "./reading/key.ts";
export type { SchemaEvent, StandardSchema } from "./reading/schema.ts";
export { type LazyReceiver, lazyReceiver, type OptionsSource } from "./receiver/lazy-receiver.ts";
export { createReceiver, type HandleContext, type Receiver } from "./receiver/receiver.ts";
export { type ByteCollector, collectBytes } from "./request/collect-bytes.ts";
export { type HeaderSource, readHeader } from "./request/headers.ts";
export {
  type BodyLimits,
  type BodyResult,
  fromFetchRequest,
  readStream,
  type WebhookRequest,
} from "./request/request.ts";
export type { MaybePromise } from "./shared/maybe-promise.ts";
export type { SecretOption } from "./signatures/secrets.ts";
export type { Claim, ClaimOptions, ClaimResult, ClaimUpdate, RetainOptions, Store } from "./store.ts";
export { type VerifiedWebhook, verifyWebhook } from "./verify-webhook.ts";
