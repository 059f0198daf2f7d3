import type { Delivery } from "./delivery.ts";
import { LatchhookError } from "./errors.ts";
import type { WebhookEvent } from "./event.ts";
import type { InboxOptions } from "./inbox.ts";
import type { OutcomeObserver } from "./outcome.ts";
import type { DeliveryPolicy, Handshake, Provider } from "./provider.ts";
import type { SchemaEvent, StandardSchema } from "./reading/schema.ts";
import type { Store } from "./store.ts";

/** What `createReceiver` and every adapter's `webhook` take. All times are in milliseconds. */
export interface ReceiverOptions<
  Event extends WebhookEvent = WebhookEvent,
  Transaction = never,
  Schema extends StandardSchema | undefined = undefined,
> {
  /** Who sends. Chosen explicitly: header names overlap between senders, so nothing is detected. */
  readonly provider: Provider<Event, Handshake>;
  /** Where deliveries are recorded. */
  readonly store: Store<Transaction>;
  /**
   * Persists the event. Called once per delivery; 2xx is answered only after it has resolved and the delivery is
   * marked done. When it throws, the answer is 500 and the sender's next attempt calls it again.
   */
  readonly persist: (event: SchemaEvent<Event, Schema>, delivery: Delivery<Transaction>) => unknown;
  /** A Standard Schema for `event.data`. Data that it refuses reaches `persist` as an unknown event. */
  readonly schema?: Schema | undefined;
  /** Separates the dedupe keys of endpoints that share a store and a provider. Default: `""`. */
  readonly scope?: string | undefined;
  /** The largest body, in bytes. Default: 1 MiB. */
  readonly maxBodyBytes?: number | undefined;
  /**
   * The most bytes of bodies that are held at one time, from their arrival to the end of their callbacks. Beyond it
   * bodies of more than 64 KiB are answered 503; smaller ones are always read. Default: 64 MiB.
   */
  readonly maxBytesInFlight?: number | undefined;
  /** How long a body may take to arrive. Default: 10 s. */
  readonly bodyTimeoutMs?: number | undefined;
  /** From receipt to answer; body, wait and `persist` share it. Default: 80% of the sender's timeout. */
  readonly deadlineMs?: number | undefined;
  /**
   * How long a claim outlives a process that died; heartbeats extend it while `persist` runs. Default: 80% of the
   * sender's shortest pause between attempts, from 1 s to 4 s.
   */
  readonly leaseMs?: number | undefined;
  /** How long heartbeats keep a lease alive for a `persist` that does not return. Default: 60 s. */
  readonly maxRunMs?: number | undefined;
  /** How long a completed delivery is remembered. Default: 30 days, or as long as the sender's deliveries can come again. */
  readonly retainMs?: number | undefined;
  /** How long a duplicate waits for the one in flight before it is answered 503. Default and maximum: 3 s. */
  readonly waitMs?: number | undefined;
  /**
   * Told how each request ended, after its answer is decided: one observer or several. They are not awaited, and their
   * failure changes nothing. An {@link Instrument} sees more than outcomes. The default log, `logOutcomes(console)`, is always one of them unless another
   * `logOutcomes(…)` is among those given.
   */
  readonly onOutcome?: OutcomeObserver | readonly OutcomeObserver[] | undefined;
  /** Keeps what happened to deliveries, to be found out, shown and replayed: see `receiver.inbox`. Default: nothing. */
  readonly inbox?: InboxOptions | undefined;
}

/** Any receiver's options, whatever its provider, store and schema. */
export type AnyReceiverOptions = ReceiverOptions<WebhookEvent, never, StandardSchema | undefined>;

/** The limits of a receiver, with all defaults filled in. */
export interface ReceiverLimits {
  readonly maxBodyBytes: number;
  readonly maxBytesInFlight: number;
  readonly bodyTimeoutMs: number;
  readonly deadlineMs: number;
  readonly leaseMs: number;
  readonly maxRunMs: number;
  readonly retainMs: number;
  readonly waitMs: number;
}

const longestWaitMs = 3_000;
const shortestLeaseMs = 50;
const dayMs = 86_400_000;

/** The default of `leaseMs`, and where the default ends that a hasty sender brings it down to. */
const defaultLeaseMs = { longest: 4_000, shortest: 1_000 };

/**
 * Fills in the defaults, which fit the provider's delivery policy whatever it is, and checks against it what was set.
 *
 * @throws LatchhookError `invalid-option`, naming the option and what to set.
 */
export function resolveLimits(options: AnyReceiverOptions): ReceiverLimits {
  demandParts(options as unknown as Record<string, unknown> | undefined);
  const { policy } = options.provider;
  const limits: ReceiverLimits = {
    maxBodyBytes: options.maxBodyBytes ?? 1_048_576,
    maxBytesInFlight: options.maxBytesInFlight ?? Math.max(67_108_864, options.maxBodyBytes ?? 0),
    bodyTimeoutMs: options.bodyTimeoutMs ?? 10_000,
    deadlineMs: options.deadlineMs ?? policy.timeoutMs * 0.8,
    leaseMs: options.leaseMs ?? leaseFor(policy),
    maxRunMs: options.maxRunMs ?? 60_000,
    retainMs: options.retainMs ?? Math.max(30 * dayMs, policy.retryHorizonMs),
    waitMs: options.waitMs ?? longestWaitMs,
  };
  for (const [option, value] of Object.entries(limits)) {
    demand(
      typeof value === "number" && Number.isFinite(value) && value > 0,
      `${option} must be a finite number above 0; leave it out for the default.`,
    );
  }
  demandFit(limits, options.provider);
  return limits;
}

/**
 * A lease that is over before the sender's next attempt. A sender that repeats at once leaves no room for one: after a
 * crash its next attempts are then answered 503 for up to a second, and one that comes later repairs it.
 */
function leaseFor({ shortestRetryGapMs }: DeliveryPolicy): number {
  const { longest, shortest } = defaultLeaseMs;
  return Math.min(longest, Math.max(shortest, Math.floor(shortestRetryGapMs * 0.8)));
}

/** What an answer needs to travel back: a deadline closer than this to the sender's timeout would come too late. */
function networkMarginMs({ timeoutMs }: DeliveryPolicy): number {
  return Math.min(1_000, timeoutMs * 0.15);
}

/** The limits against the store's pace and the sender's policy. Defaults pass; only what was set can be wrong. */
function demandFit(limits: ReceiverLimits, { policy, name }: Pick<Provider, "policy" | "name">): void {
  const leaseBelowMs = Math.max(policy.shortestRetryGapMs, leaseFor(policy) + 1);
  const deadlineBelowMs = policy.timeoutMs - networkMarginMs(policy);
  demand(limits.waitMs <= longestWaitMs, `waitMs must be at most ${longestWaitMs}.`);
  demand(
    limits.leaseMs >= shortestLeaseMs,
    `leaseMs must be at least ${shortestLeaseMs} milliseconds: a third of it has to suffice for a round trip to the store.`,
  );
  demand(
    limits.leaseMs < leaseBelowMs,
    `leaseMs must be below ${leaseBelowMs}, the shortest pause between two attempts of ${name}: a longer lease would refuse the retry that repairs a crash.`,
  );
  demand(
    limits.deadlineMs < deadlineBelowMs,
    `deadlineMs must be below ${deadlineBelowMs}: ${name} gives up after ${policy.timeoutMs} ms, and the answer has to travel.`,
  );
  demand(
    limits.retainMs >= policy.retryHorizonMs,
    `retainMs must be at least ${policy.retryHorizonMs}: for so long a delivery of ${name} can come again.`,
  );
}

function demandParts(options: Record<string, unknown> | undefined): asserts options {
  demand(typeof options === "object" && options !== null, "Pass options: { provider, store, persist }.");
  const { provider, store, persist, scope, schema, onOutcome, inbox } = options;
  demand(
    hasMethods(provider, ["precheck", "verify", "read"]),
    "provider is required: pass one such as aiStats({ secret }).",
  );
  demand(
    hasMethods(store, ["claim", "extend", "complete", "fail"]),
    'store is required: pass one such as sqliteStore({ path: "deliveries.db" }).',
  );
  demand(
    inbox === undefined || hasMethods(store.inbox, ["open"]),
    `inbox cannot be kept by the ${store.name} store. Use memoryStore, sqliteStore, postgresStore or redisStore (on a cluster with a hash tag in prefix), or leave it out.`,
  );
  demand(typeof persist === "function", "persist is required: the callback that stores the event.");
  demand(scope === undefined || typeof scope === "string", "scope must be a string.");
  demand(
    schema === undefined || hasStandardSchema(schema),
    "schema must be a Standard Schema, such as a zod schema.",
  );
  const observers: readonly unknown[] = Array.isArray(onOutcome) ? onOutcome : [onOutcome ?? (() => {})];
  demand(
    observers.every((observer) => typeof observer === "function"),
    "onOutcome must be a function, or a list of functions.",
  );
}

function hasMethods(value: unknown, names: readonly string[]): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === "object" &&
    value !== null &&
    names.every((name) => typeof (value as Record<string, unknown>)[name] === "function")
  );
}

function hasStandardSchema(schema: unknown): boolean {
  return (
    (typeof schema === "object" || typeof schema === "function") && schema !== null && "~standard" in schema
  );
}

function demand(condition: boolean, message: string): asserts condition {
  if (!condition) throw new LatchhookError("invalid-option", message);
}
