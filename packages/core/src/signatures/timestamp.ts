import { LatchhookError } from "../errors.ts";
import { type Refusal, unauthentic } from "../provider.ts";

/** How far a signed timestamp may be from the receiver's clock, either way, in seconds. */
export const defaultToleranceSeconds = 300;

/**
 * Refuses a timestamp header that is absent, not exactly ten digits, or further from the clock than the tolerance.
 *
 * Ten digits without a leading zero are Unix seconds from 2001 to 2286. `Number`, `parseInt` and `Date.parse` all
 * accept forms that a sender never sends (`1e9`, `0x6A`, `1700000000abc`), and a NaN would pass every comparison.
 */
export function checkTimestamp(
  text: string | undefined,
  receivedAt: number,
  toleranceSeconds: number,
): Refusal | undefined {
  if (text === undefined || text === "") return unauthentic("missing-timestamp");
  if (!isUnixSeconds(text)) return unauthentic("malformed-timestamp");
  const ageSeconds = Math.floor(receivedAt / 1000) - Number(text);
  if (ageSeconds > toleranceSeconds) return unauthentic("stale-timestamp");
  if (ageSeconds < -toleranceSeconds) return unauthentic("future-timestamp");
  return undefined;
}

function isUnixSeconds(text: string): boolean {
  if (text.length !== 10 || text.charCodeAt(0) === 0x30) return false;
  for (let index = 0; index < 10; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}

/**
 * The tolerance to use.
 *
 * @throws LatchhookError `invalid-option` unless it is a finite number above 0.
 */
export function resolveTolerance(provider: string, toleranceSeconds: number | undefined): number {
  const tolerance = toleranceSeconds ?? defaultToleranceSeconds;
  if (typeof tolerance !== "number" || !Number.isFinite(tolerance) || tolerance <= 0) {
    throw new LatchhookError(
      "invalid-option",
      `${provider}: toleranceSeconds must be a finite number of seconds above 0; leave it out for ${defaultToleranceSeconds}.`,
    );
  }
  return tolerance;
}

/**
 * For how long a delivery can come again: as long as its sender retries, and as long as a captured one is believed,
 * which is from the tolerance before its timestamp to the tolerance after.
 */
export function repeatHorizonMs(retryHorizonMs: number, toleranceSeconds: number): number {
  return Math.max(retryHorizonMs, 2 * toleranceSeconds * 1000);
}
