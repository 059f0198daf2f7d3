import type { Inbox } from "./inbox.ts";
import type { Outcome, OutcomeObserver } from "./outcome.ts";
import type { DeliverySource } from "./reading/trust.ts";
import type { HeaderSource } from "./request/headers.ts";
import type { ClaimResult, ClaimUpdate } from "./store.ts";

/**
 * An observer that sees more than outcomes: how a delivery goes, phase by phase, and how long the store takes. It is
 * given as `onOutcome`, alone or among others. Whatever it does, throwing included, changes nothing; but it runs on the
 * way of each request, so that what it does must be quick.
 *
 * @example
 * const slow: Instrument = Object.assign(() => {}, {
 *   begin: () => undefined,
 *   storeOperation({ operation, durationMs }: StoreOperation) {
 *     if (durationMs > 500) console.warn(operation, durationMs);
 *   },
 * });
 */
export interface Instrument extends OutcomeObserver {
  /** Told once of each receiver that has it, when that is made. */
  attach?(endpoint: InstrumentedEndpoint): unknown;
  /** A request or a delivery begins. What it returns is told of that one alone. */
  begin(start: DeliveryStart): DeliveryInstrument | undefined;
  /** An operation of the store has ended. Where no instrument has this, operations are not measured. */
  storeOperation?(operation: StoreOperation): unknown;
}

/** A receiver, as its instruments know it. */
export interface InstrumentedEndpoint {
  readonly provider: string;
  readonly scope: string;
  /** Undefined where the option `inbox` is not set. */
  readonly inbox: Inbox | undefined;
}

/** What is known when a request or a delivery begins: nothing of it is verified. */
export interface DeliveryStart {
  readonly provider: string;
  readonly scope: string;
  readonly source: DeliverySource;
  /** For a trace that somebody else began. Most are not signed. */
  readonly headers: HeaderSource;
  /** Milliseconds since the epoch; of a replay, when it came first. */
  readonly receivedAt: number;
}

/** Told how one request or delivery goes. */
export interface DeliveryInstrument {
  /** A phase begins. What it returns is told of that phase alone. */
  phase?(phase: DeliveryPhase): PhaseInstrument | undefined;
  /**
   * It is over, once: its callback has ended, or has lost its lease and may never end. Where the deadline passed before,
   * this is not what was answered.
   */
  ended?(outcome: Outcome): unknown;
}

/**
 * What a delivery goes through: `verify` (authentic, fresh, readable), `claim` (waiting for another request included),
 * `persist` (the callback, with what it commits), `complete` (the mark "done"; not where the callback has committed it).
 */
export type DeliveryPhase = "verify" | "claim" | "persist" | "complete";

export interface PhaseInstrument {
  /**
   * Runs the phase by calling `work` before it returns, so that what happens within, and whatever that starts, has the
   * instrument's own context. Default: it is run without.
   */
  run?(work: () => void): unknown;
  /** The phase has ended; that of a callback which lost its lease perhaps after the delivery, or never. */
  ended?(end: PhaseEnd): unknown;
}

/** How a phase ended. A refusal is no failure. */
export type PhaseEnd = { readonly ok: true } | { readonly ok: false; readonly error: unknown };

/** One operation of a store, as the receiver saw it. */
export interface StoreOperation {
  /** The store's name. */
  readonly store: string;
  /** `commit` includes the callback's own writes. */
  readonly operation: "claim" | "reopen" | "extend" | "complete" | "fail" | "commit";
  /** What it answered; `error` where it threw. */
  readonly result: ClaimResult["state"] | ClaimUpdate | "error";
  readonly durationMs: number;
}
