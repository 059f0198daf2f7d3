import { isLatchhookError, LatchhookError } from "@latchhook/core";

/** The first word of what the server refused with: `OOM`, `READONLY`, `NOSCRIPT`; undefined for other errors. */
export function replyCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return /^([A-Z]{2,})(?: |$)/.exec(error.message)?.[1];
}

/** The store's own error for what a client threw, which is its cause. */
export function toStoreError(error: unknown, operation: string): LatchhookError {
  if (isLatchhookError(error)) return error;
  const code = replyCode(error);
  const cause = { cause: error };
  if (code === "OOM") {
    return new LatchhookError(
      "store-full",
      `Redis could not ${operation}: it is out of memory (OOM). Raise maxmemory, or lower retainMs.`,
      cause,
    );
  }
  if (code === "CROSSSLOT") {
    return new LatchhookError(
      "store-misconfigured",
      `Redis could not ${operation}: it is a cluster, and the inbox needs all keys in one slot (CROSSSLOT). Give redisStore a prefix with a hash tag, such as "{latchhook}:".`,
      cause,
    );
  }
  const reason = code === undefined ? "the connection failed" : `it answered ${code}`;
  return new LatchhookError("store-unavailable", `Redis could not ${operation}: ${reason}.`, cause);
}
