import { LatchhookError } from "@latchhook/core";

/**
 * A limit that was given or defaulted.
 *
 * @throws LatchhookError `invalid-option` unless it is a finite number above 0.
 */
export function positive(factory: string, option: string, value: number): number {
  if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
  throw new LatchhookError(
    "invalid-option",
    `${factory}: ${option} must be a finite number above 0; leave it out for the default.`,
  );
}
