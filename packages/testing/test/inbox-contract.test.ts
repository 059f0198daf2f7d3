import type { Store } from "@latchhook/core";
import { type MemoryStore, memoryStore } from "@latchhook/core/stores/memory";
import { storeContract, storeModel } from "@latchhook/testing";
import { describe, expect, it } from "vitest";

// As of the claims: each of these inboxes breaks one rule, and must be caught.

interface WrongInbox {
  readonly breaks: string;
  /** Which case has to catch it, by the beginning of its name. */
  readonly caughtBy: string;
  readonly make: (store: MemoryStore) => Partial<Store>;
}

function wrong(breaks: string, caughtBy: string, make: WrongInbox["make"]): WrongInbox {
  return { breaks, caughtBy, make };
}

const wrongInboxes: readonly WrongInbox[] = [
  wrong("what is lost is written", "inbox: a claim that is lost", ({ inbox, fail }) => ({
    fail(claim, options) {
      const update = fail(claim, options);
      if (update === "lost" && options?.record) inbox.write(options.record());
      return update;
    },
  })),
  wrong("a repeated fail is written again", "inbox: fail and complete that are repeated", (store) => {
    let latest: number | undefined;
    return {
      fail(claim, options) {
        const update = store.fail(claim, options);
        if (latest === claim.fence && options?.record) store.inbox.write(options.record());
        latest = claim.fence;
        return update;
      },
    };
  }),
  wrong("a claim makes a row", "inbox: a claim writes nothing", ({ inbox }) => ({
    inbox: { ...inbox, find: (key) => inbox.find(key) ?? ({} as never) },
  })),
  wrong("a note changes the state", "inbox: a note of a delivery that is there", ({ inbox }) => ({
    inbox: { ...inbox, note: (attempts) => attempts.forEach(inbox.write) },
  })),
  wrong("notes of what is new are lost", "inbox: a note of a new delivery", ({ inbox }) => ({
    inbox: { ...inbox, note: (_attempts, counts) => inbox.note([], counts) },
  })),
  wrong("counts replace each other", "inbox: counts are added up", ({ inbox }) => ({
    inbox: { ...inbox, counts: (since) => inbox.counts(since).map((one) => ({ ...one, count: 1 })) },
  })),
  wrong("pages go by time", "inbox: pages go by sequence", ({ inbox }) => ({
    inbox: {
      ...inbox,
      list: ({ before, ...query }) =>
        inbox.list({ ...query, limit: 100 }).filter((row) => before === undefined || row.receivedAt < before),
    },
  })),
  wrong("a search finds parts", "inbox: a search finds", ({ inbox }) => ({
    inbox: {
      ...inbox,
      list: ({ search, ...query }) =>
        inbox.list(query).filter((row) => search === undefined || row.eventId.includes(search)),
    },
  })),
  wrong("a filter is ignored", "inbox: every filter", ({ inbox }) => ({
    inbox: { ...inbox, list: ({ until, ...query }) => inbox.list(query) },
  })),
  wrong("the body stays after success", "inbox: a body is kept", ({ inbox, complete }) => ({
    complete(claim, { record, ...options }) {
      return complete(
        claim,
        record ? { ...options, record: () => ({ ...record(), body: "keep" }) } : options,
      );
    },
    inbox,
  })),
  wrong("bodies are never purged", "inbox: purge removes a body", ({ fail }) => ({
    fail: (claim, options) =>
      fail(
        claim,
        options?.record && { record: () => ({ ...options.record?.(), bodyRetainMs: 1e12 }) as never },
      ),
  })),
  wrong("reopen goes on under the old fence", "reopen: what is completed", (store) => ({
    reopen(key, options) {
      const result = store.reopen(key, options);
      return result.state === "claimed" ? { ...result, fence: result.fence - 1 } : result;
    },
  })),
  wrong("reopen lets everybody in", "reopen: of 64 takers", ({ reopen, claim }) => ({
    reopen(key, options) {
      const result = reopen(key, options);
      return result.state === "in-flight" ? claim(crypto.randomUUID(), options) : result;
    },
  })),
];

describe("the inbox's contract", () => {
  it.each(wrongInboxes)("catches a store in which $breaks", async ({ caughtBy, make }) => {
    const create = ({ now }: { readonly now: () => number }) => {
      const store = memoryStore({ now });
      return { store: { ...store, ...make(store) } as Store };
    };
    const cases = [...storeContract({ clock: "virtual", inbox: true, create }), storeModel({ create })];
    const responsible = cases.filter(({ name }) => name.startsWith(caughtBy));
    expect(responsible).toHaveLength(1);
    await expect(responsible[0]?.run()).rejects.toThrow();
  });
});
