import { acquireWithin } from "../delivery/claims.ts";
import { type RunResult, runDelivery } from "../delivery/run-delivery.ts";
import { isLatchhookError } from "../errors.ts";
import type { AnyReceiverOptions, ReceiverLimits } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import type { Provider, Reading, Refusal, SignedRequest, Verified } from "../provider.ts";
import { identifyEvent } from "../reading/identify-event.ts";
import type { OutcomeDetails, Passage } from "./passage.ts";

/** What the pipeline's second half works with, the same for all deliveries of a receiver. */
export interface Processing {
  readonly options: AnyReceiverOptions;
  readonly limits: ReceiverLimits;
}

/** A reading whose content is to be believed, and how it is shown to the callback. */
export interface TrustedReading {
  readonly reading: Reading;
  readonly signed: Pick<SignedRequest, "headers" | "body">;
  /** Which secret verified it, where one did. */
  readonly secretIndex?: number | undefined;
}

/** Authenticity, freshness and meaning of a request's bytes. Nothing unverified goes on from here. */
export async function verifyAndRead(
  provider: Provider,
  signed: SignedRequest,
  { outcome }: Passage,
): Promise<(TrustedReading & { readonly ok: true }) | { readonly ok: false; readonly outcome: Outcome }> {
  let verified: Verified | Refusal;
  try {
    verified = await provider.verify(signed);
  } catch (error) {
    return { ok: false, outcome: outcome("secret-unavailable", { error }) };
  }
  if (!verified.ok) return { ok: false, outcome: outcome(verified.kind, { reason: verified.reason }) };
  const { secretIndex } = verified;
  const reading = provider.read(signed);
  if (!reading.ok)
    return { ok: false, outcome: outcome(reading.kind, { reason: reading.reason, secretIndex }) };
  return { ok: true, reading, signed, secretIndex };
}

/**
 * Claims the delivery, runs the callback and completes.
 *
 * @param answerEarly told the outcome when the lease is lost while the callback still runs.
 */
export async function claimAndRun(
  { reading, signed, secretIndex }: TrustedReading,
  passage: Passage,
  { options, limits }: Processing,
  answerEarly: (outcome: Outcome) => void,
): Promise<Outcome> {
  const { provider, store, schema, persist } = options;
  const { event, keys } = await identifyEvent(options.scope ?? "", provider, reading);
  const known: OutcomeDetails = { secretIndex, key: keys[0] };
  try {
    const acquired = await acquireWithin(store, keys, limits, Math.min(limits.waitMs, passage.leftMs()));
    if (acquired.state === "completed") return passage.outcome("duplicate", known);
    if (acquired.state === "in-flight") {
      return passage.outcome("in-flight", { ...known, retryAfterMs: acquired.retryAfterMs });
    }
    const toOutcome = ({ code, error }: RunResult): Outcome =>
      passage.outcome(code, { secretIndex, key: keys[0], claimAttempt: acquired.attempt, error });
    const delivery = {
      acquired,
      reading,
      event,
      headers: signed.headers,
      body: signed.body,
      receivedAt: passage.receivedAt,
      policyMaxAttempts: provider.policy.maxAttempts,
    };
    const result = await runDelivery(delivery, { store, limits, schema, persist }, (lost) =>
      answerEarly(toOutcome(lost)),
    );
    return toOutcome(result);
  } catch (error) {
    const full = isLatchhookError(error) && error.code === "store-full";
    return passage.outcome(full ? "store-full" : "store-unavailable", { ...known, error });
  }
}
