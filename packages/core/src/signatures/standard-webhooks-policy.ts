import type { DeliveryPolicy } from "../provider.ts";
import { repeatHorizonMs } from "./timestamp.ts";

/**
 * How senders deliver that follow Standard Webhooks and publish no schedule of their own. The specification has a timeout of 15 to 30 s, and an example schedule that starts at 5 s and lasts 75 h 35 min.
 */
export function standardWebhooksPolicy(toleranceSeconds?: number): DeliveryPolicy {
  return {
    timeoutMs: 15_000,
    shortestRetryGapMs: 5_000,
    retryHorizonMs: repeatHorizonMs(272_100_000, toleranceSeconds),
    maxAttempts: null,
  };
}
