import { LatchhookError } from "@latchhook/core";
import type { Redis } from "./clients.ts";
import { replyCode } from "./redis-error.ts";

/**
 * Refuses a server that may evict: a record that is gone lets a duplicate run, and one that is in flight lets two run
 * at once. Where INFO is forbidden, it says once that it could not look.
 *
 * INFO is asked, not CONFIG GET, which most managed services forbid.
 *
 * @throws LatchhookError `store-misconfigured`
 */
export async function checkEviction(redis: Redis): Promise<void> {
  let info: string;
  try {
    info = await redis.readMemoryInfo();
  } catch (error) {
    const code = replyCode(error);
    if (code !== "NOPERM" && code !== "ERR") throw error;
    console.warn(
      "latchhook could not read Redis's maxmemory-policy (INFO is not permitted). It must be noeviction: an evicted record lets a duplicate run.",
    );
    return;
  }
  const policy = readField(info, "maxmemory_policy");
  const limit = Number(readField(info, "maxmemory") ?? 0);
  if (limit > 0 && policy !== undefined && policy !== "noeviction") {
    throw new LatchhookError(
      "store-misconfigured",
      `Redis may evict delivery records (maxmemory-policy is ${policy}), and an evicted record lets a duplicate run. Set maxmemory-policy noeviction, use another Redis, or pass allowEviction: true if duplicates do no harm.`,
    );
  }
}

function readField(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1];
}
