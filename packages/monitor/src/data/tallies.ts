import type { InboxFailureGroup, InboxTally } from "@latchhook/core";
import { isOf, readable, type Source } from "./sources.ts";

/** Failed and dead deliveries of the page's own endpoints. */
export async function readTallies(sources: readonly Source[]): Promise<readonly InboxTally[]> {
  const lists = await Promise.all(
    readable(sources).map(async (source) =>
      (await source.inbox.tally()).filter((tally) => isOf(source, tally)),
    ),
  );
  return lists.flat();
}

/** Failed and dead deliveries by their error, the newest first. */
export async function readFailures(sources: readonly Source[]): Promise<readonly InboxFailureGroup[]> {
  const lists = await Promise.all(
    readable(sources).map(async (source) =>
      (await source.inbox.failures()).filter((group) => isOf(source, group)),
    ),
  );
  return lists.flat().sort((one, other) => other.lastAt - one.lastAt);
}

/** Names a group of failures without what its error says, which may hold what no address should. */
export async function causeOf(
  group: Omit<InboxFailureGroup, "failed" | "dead" | "firstAt" | "lastAt" | "newestKey" | "types">,
): Promise<string> {
  const { provider, scope, errorName, error, errorFrame, outcome } = group;
  const text = JSON.stringify([provider, scope, errorName, error, errorFrame, outcome]);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
