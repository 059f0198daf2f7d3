export type { CommitWork, Delivery } from "./delivery.ts";
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
export {
  type AttemptRecord,
  type DeliveryRecord,
  durationBuckets,
  type InboxDelivery,
  type InboxEntry,
  type InboxFailureGroup,
  type InboxFilter,
  type InboxQuery,
  type InboxRecord,
  type InboxState,
  type InboxStore,
  type InboxTally,
  type OutcomeCount,
} from "./inbox/inbox-store.ts";
export type { StoreInbox } from "./inbox/store-inbox.ts";
export type {
  BulkReplay,
  BulkReplayOptions,
  Inbox,
  InboxDetails,
  InboxListOptions,
  InboxOptions,
  InboxPage,
  ReplayOptions,
  ReplayRefusal,
} from "./inbox.ts";
export type {
  DeliveryInstrument,
  DeliveryPhase,
  DeliveryStart,
  Instrument,
  InstrumentedEndpoint,
  PhaseEnd,
  PhaseInstrument,
  StoreOperation,
} from "./instrument.ts";
export { logOutcomes, type OutcomeLogger } from "./observers/log-outcomes.ts";
export { type RefusalReason, refusalHints } from "./observers/refusal-hints.ts";
export type { ReceiverLimits, ReceiverOptions } from "./options.ts";
export { type Answer, type Outcome, type OutcomeCode, type OutcomeObserver, statusOf } from "./outcome.ts";
export {
  type DeliveryPolicy,
  defineProvider,
  type Handshake,
  handshake,
  type MalformedReason,
  malformed,
  type Provider,
  type Reading,
  type Refusal,
  type Reply,
  type SignedRequest,
  type UnauthenticReason,
  unauthentic,
  type Verified,
} from "./provider.ts";
export { deliveryKey, type IdentityPart, identityPart } from "./reading/key.ts";
export type { SchemaEvent, StandardSchema } from "./reading/schema.ts";
export type { DeliverySource, Replay, Trusted } from "./reading/trust.ts";
export type { InboxDescription, ReceiverDescription } from "./receiver/describe-receiver.ts";
export { lazyReceiver } from "./receiver/lazy-receiver.ts";
export type { LazyReceiver, MadeOptions, MakeOptions, OptionsSource } from "./receiver/options-source.ts";
export {
  createReceiver,
  type HandleContext,
  type Receiver,
  type VouchedContent,
} from "./receiver/receiver.ts";
export { type ReceiverHandle, withReceiver } from "./receiver/receiver-handle.ts";
export { type ByteCollector, collectBytes } from "./request/collect-bytes.ts";
export { type FetchWebhookRequest, fromFetchRequest } from "./request/fetch-request.ts";
export { type HeaderSource, readHeader } from "./request/headers.ts";
export { heldOpen } from "./request/held-open.ts";
export { readStream } from "./request/read-stream.ts";
export type { BodyLimits, BodyResult, RouteParameters, WebhookRequest } from "./request/request.ts";
export type { MaybePromise } from "./shared/maybe-promise.ts";
export { isWorkerd } from "./shared/runtime.ts";
export type { SecretOption } from "./signatures/secrets.ts";
export type {
  Claim,
  ClaimOptions,
  ClaimResult,
  ClaimUpdate,
  FailOptions,
  RetainOptions,
  Store,
} from "./store.ts";
export { type VerifiedWebhook, verifyWebhook } from "./verify-webhook.ts";
