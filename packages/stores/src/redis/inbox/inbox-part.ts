import type { InboxStore } from "@latchhook/core";
import type { Guard } from "../../shared/guard.ts";
import type { Redis } from "../clients.ts";
import { runScript } from "../run-script.ts";
import { createInbox, type RunInboxScript } from "./inbox.ts";
import { writeScripts } from "./write-scripts.ts";

/** What a store has for its inbox. */
export interface InboxPart {
  /** What all of its keys begin with, and the key of its scripts. */
  readonly key: string;
  readonly inbox: InboxStore;
  /** Removes up to `limit` deliveries whose time is over. Returns how many. */
  purge(limit: number): Promise<number>;
}

/** So many are removed by one script: some milliseconds, in which the server does nothing else. */
const purgeStep = 256;

/** The inbox of a store, beside its claims, or undefined where both cannot be in one slot of a cluster. */
export function createInboxPart(redis: Redis, prefix: string, use: Guard["use"]): InboxPart | undefined {
  if (redis.isCluster && !hasHashTag(prefix)) return undefined;
  const key = `${prefix}inbox:`;
  const run: RunInboxScript = async <Answer>(
    script: Parameters<RunInboxScript>[0],
    values: readonly string[],
  ) => {
    const answer = await runScript(redis, script, [key], values);
    // A client may have read the JSON already.
    return (typeof answer === "string" ? JSON.parse(answer) : answer) as Answer;
  };
  const inbox = createInbox(run);

  return {
    key,
    inbox: {
      note: (attempts, counts) => use("note attempts", async () => inbox.note(attempts, counts)),
      list: (query) => use("list deliveries", async () => inbox.list(query)),
      count: (filter, limit) => use("count deliveries", async () => inbox.count(filter, limit)),
      find: (found) => use("find a delivery", async () => inbox.find(found)),
      failures: (limit) => use("group failures", async () => inbox.failures(limit)),
      tally: () => use("count failures", async () => inbox.tally()),
      counts: (since) => use("read counts", async () => inbox.counts(since)),
      dismiss: (dismissed) => use("dismiss a delivery", async () => inbox.dismiss(dismissed)),
      dropBody: (dropped) => use("drop a body", async () => inbox.dropBody(dropped)),
    },
    purge: (limit) => purge(run, limit),
  };
}

async function purge(run: RunInboxScript, limit: number): Promise<number> {
  let total = 0;
  while (total < limit) {
    const size = Math.min(purgeStep, limit - total);
    const [due, purged] = await run<readonly [number, number]>(writeScripts.purge, [String(size)]);
    total += purged;
    if (due < size) break;
  }
  return total;
}

/** What a cluster places keys by, where it is there: https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-tags */
function hasHashTag(prefix: string): boolean {
  return /^[^{]*\{[^}]+\}/.test(prefix);
}
