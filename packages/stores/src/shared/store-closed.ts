import { LatchhookError } from "@latchhook/core";

/** What every operation of a closed store rejects with. */
export function storeClosed(name: string): LatchhookError {
  return new LatchhookError(
    "store-unavailable",
    `The ${name} store is closed. Close it after the last request.`,
  );
}
