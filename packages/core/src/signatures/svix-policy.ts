import type { DeliveryPolicy } from "../provider.ts";
import { repeatHorizonMs } from "./timestamp.ts";

/**
 * How senders deliver that send through Svix: 15 s, and eight attempts, at once and then after 5 s, 5 min, 30 min, 2 h,
 * 5 h, 10 h and 10 h, which with the timeouts is less than 27 h 45 min. Source: https://docs.svix.com/retries. Sending
 * again by hand keeps the id, and has no such end.
 */
export function svixPolicy(toleranceSeconds?: number): DeliveryPolicy {
  return {
    timeoutMs: 15_000,
    shortestRetryGapMs: 5_000,
    retryHorizonMs: repeatHorizonMs(99_900_000, toleranceSeconds),
    maxAttempts: 8,
  };
}
