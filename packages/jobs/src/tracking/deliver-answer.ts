import type { OutcomeCode, Receiver } from "@latchhook/core";
import type { JobSource, JobState } from "../job-source.ts";

/**
 * Delivers the end that the sender's answer tells of, as the webhook would have: through the receiver's own provider,
 * store and `persist`, under the webhook's own key. No signature is looked at, for the answer came over a connection of
 * our own.
 *
 * @returns how that ended, or undefined where there is nothing to deliver or the provider cannot read it.
 */
export async function deliverAnswer(
  receiver: Receiver | undefined,
  source: JobSource,
  job: JobState,
): Promise<OutcomeCode | undefined> {
  const body = source.toDeliveryBody?.(job);
  if (body === undefined || receiver === undefined) return undefined;
  // An end that is asked for a month later is no replay: its age is judged by the day that it happened.
  const judgedAt = source.endedAt?.(job)?.getTime();
  const trusted = await receiver.trust({ body, source: "reconcile", receivedAt: judgedAt });
  if (!trusted.ok) return undefined;
  const { code } = await receiver.deliver({ ...trusted, receivedAt: Date.now() });
  return code;
}
