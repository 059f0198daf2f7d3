import { LatchhookError } from "../errors.ts";
import { type Refusal, unauthentic } from "../provider.ts";
import { dateFromIso } from "../reading/json.ts";

/** How far a signed timestamp may be from the receiver's clock, either way, in seconds. */
export const defaultToleranceSeconds = 300;

/** How a sender writes the time: Unix seconds (ten digits), milliseconds (thirteen), or an ISO 8601 instant. */
export type TimestampUnit = "seconds" | "milliseconds" | "iso";

/**
 * Refuses a timestamp that is absent, misshapen, or further from the clock than the tolerance.
 *
 * Ten digits without a leading zero are Unix seconds from 2001 to 2286. `Number`, `parseInt` and `Date.parse` all
 * accept forms that a sender never sends (`1e9`, `0x6A`, `1700000000abc`), and a NaN would pass every comparison.
 */
export function checkTimestamp(
  text: string | undefined,
  receivedAt: number,
  toleranceSeconds: number,
  unit: TimestampUnit = "seconds",
): Refusal | undefined {
  if (text === undefined || text === "") return unauthentic("missing-timestamp");
  const ageSeconds = ageOf(text, receivedAt, unit);
  if (ageSeconds === undefined) return unauthentic("malformed-timestamp");
  if (ageSeconds > toleranceSeconds) return unauthentic("stale-timestamp");
  if (ageSeconds < -toleranceSeconds) return unauthentic("future-timestamp");
  return undefined;
}

/** How old a timestamp is, in seconds; of whole seconds where it has no finer ones. Undefined where it is misshapen. */
function ageOf(text: string, receivedAt: number, unit: TimestampUnit): number | undefined {
  if (unit === "seconds") {
    const seconds = numberOf(text, 10);
    return seconds === undefined ? undefined : Math.floor(receivedAt / 1000) - seconds;
  }
  const instant = unit === "iso" ? dateFromIso(text)?.getTime() : numberOf(text, 13);
  return instant === undefined ? undefined : (receivedAt - instant) / 1000;
}

/** The number that exactly `count` ASCII digits write, the first of them not 0. */
function numberOf(text: string, count: number): number | undefined {
  if (text.length !== count || text.charCodeAt(0) === 0x30) return undefined;
  let value = 0;
  for (let index = 0; index < count; index++) {
    const digit = text.charCodeAt(index) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

/**
 * The tolerance to use.
 *
 * @throws LatchhookError `invalid-option` unless it is a finite number above 0.
 */
export function resolveTolerance(provider: string, toleranceSeconds: number | undefined): number {
  const tolerance = toleranceSeconds ?? defaultToleranceSeconds;
  if (!Number.isFinite(tolerance) || tolerance <= 0) {
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
export function repeatHorizonMs(
  retryHorizonMs: number,
  toleranceSeconds: number = defaultToleranceSeconds,
): number {
  return Math.max(retryHorizonMs, 2 * toleranceSeconds * 1000);
}

export interface ContentAgeLimits {
  /** How old the signed instant may be, in milliseconds. */
  readonly maxAgeMs: number;
  /** How far in the future it may be, in milliseconds. */
  readonly toleranceMs: number;
}

/**
 * Refuses content whose own, signed instant is too old or in the future: all that limits a replay where a sender signs
 * no timestamp. An absent one (null) refuses nothing; the reading is then `undated`.
 */
export function checkContentAge(
  instant: Date | null,
  receivedAt: number,
  { maxAgeMs, toleranceMs }: ContentAgeLimits,
): Refusal | undefined {
  if (instant === null) return undefined;
  const ageMs = receivedAt - instant.getTime();
  if (ageMs > maxAgeMs) return unauthentic("stale-content");
  if (ageMs < -toleranceMs) return unauthentic("future-content");
  return undefined;
}
