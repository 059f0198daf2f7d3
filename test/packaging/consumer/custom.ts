// A provider and a store of the user's own, and a check without a receiver.
import {
  createReceiver,
  defineProvider,
  isLatchhookError,
  type KnownEvent,
  type Store,
  verifyWebhook,
} from "@latchhook/core";
import { body, hmacSignature } from "@latchhook/core/kit";
import { signCreativeai } from "@latchhook/testing";

const provider = defineProvider<KnownEvent<"ping", { readonly id: string }>>({
  name: "mine",
  policy: { timeoutMs: 10_000, shortestRetryGapMs: 60_000, retryHorizonMs: 3_600_000, maxAttempts: null },
  ...hmacSignature({
    provider: "mine",
    secret: "secret",
    environmentVariable: "MY_SECRET",
    headers: { signature: "x-my-signature" },
    prefix: "sha256=",
    content: [body],
  }),
  read: () => ({
    ok: true,
    event: {
      provider: "mine",
      id: "1",
      type: "ping",
      known: true,
      job: null,
      occurredAt: null,
      data: { id: "1" },
    },
    identity: ["1"],
  }),
});

const store: Store<{ readonly sql: string }> = {
  name: "mine",
  claim: () => ({ state: "claimed", fence: 1, attempt: 1, takeover: false }),
  extend: () => "ok",
  complete: async (claim) => (claim.fence > 0 ? "ok" : "lost"),
  fail: () => "ok",
  purge: () => 0,
  close: () => undefined,
};

export const receiver = createReceiver({
  provider,
  store,
  persist: (event, { commit }) => commit((transaction) => `${transaction.sql} ${event.data.id}`),
  onOutcome: ({ error }) => (isLatchhookError(error) ? error.code : undefined),
});

export async function check(): Promise<string> {
  const signed = signCreativeai({ secret: "secret" });
  const result = await verifyWebhook(provider, signed);
  return result.ok ? result.event.type : result.reason;
}
