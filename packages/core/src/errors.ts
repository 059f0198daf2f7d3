/** What a {@link LatchhookError} is about. Every code has its cause and mend in `docs/errors.md`. */
export type LatchhookErrorCode =
  | "missing-secret"
  | "invalid-secret"
  | "invalid-option"
  | "secret-unavailable"
  | "store-unavailable"
  | "store-full"
  | "store-misconfigured"
  | "lease-lost"
  | "run-timeout"
  | "commit-unsupported"
  | "commit-misused";

const marker: unique symbol = Symbol.for("latchhook.error") as never;

/**
 * The one error class of latchhook: a configuration that cannot work, or a store or lease that failed under a running
 * callback. What a sender sent is never an exception; it is refused by value.
 *
 * Messages say what was wrong and what to do. They never hold a secret, a signature or a body.
 */
export class LatchhookError extends Error {
  override readonly name = "LatchhookError";
  readonly code: LatchhookErrorCode;
  readonly [marker] = true;

  constructor(code: LatchhookErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Whether `error` is a {@link LatchhookError}, also one that another copy of this package made (two versions in one
 * `node_modules` defeat `instanceof`).
 */
export function isLatchhookError(error: unknown): error is LatchhookError {
  return typeof error === "object" && error !== null && marker in error;
}
