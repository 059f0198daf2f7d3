import type { Redis } from "./clients.ts";
import { replyCode } from "./redis-error.ts";
import type { Script } from "./script.ts";

/**
 * Runs a script by its digest, and by its source where the server does not know it: after a restart, a failover or
 * SCRIPT FLUSH. The server keeps it from then on.
 */
export async function runScript(
  redis: Redis,
  { sha1, source }: Script,
  keys: readonly string[],
  values: readonly string[],
): Promise<unknown> {
  try {
    return await redis.evalSha(await sha1(), keys, values);
  } catch (error) {
    if (replyCode(error) !== "NOSCRIPT") throw error;
    return await redis.eval(source, keys, values);
  }
}
