import type { InboxFailureGroup, InboxTally } from "@latchhook/core";
import { readEach, type Source } from "./sources.ts";

/** Failed and dead deliveries of the page's own endpoints. */
export function readTallies(sources: readonly Source[]): Promise<readonly InboxTally[]> {
  return readEach(sources, (inbox) => inbox.tally());
}

/** Failed and dead deliveries by their error, the newest first. */
export async function readFailures(sources: readonly Source[]): Promise<readonly InboxFailureGroup[]> {
  const groups = await readEach(sources, (inbox) => inbox.failures());
  return [...groups].sort((one, other) => other.lastAt - one.lastAt);
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
