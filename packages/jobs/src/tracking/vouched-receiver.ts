import { createReceiver, LatchhookError, type ReceiverOptions } from "@latchhook/core";

/** The options of any receiver. */
export type AnyReceiverOptions = ReceiverOptions<never, never, undefined>;

/** How a delivery that was put together here ended. */
export type VouchedResult = "processed" | "duplicate" | "failed";

export interface VouchedReceiver {
  /** Delivers a body that this process vouches for, as though the sender had sent it. */
  deliver(body: Uint8Array): Promise<VouchedResult>;
  close(): Promise<void>;
}

/**
 * A receiver for what was asked of the sender instead of received from it. Everything is that of the given options,
 * from the reading of the body over store and scope to `persist`; only the signature is not looked at, for the
 * answer came over a connection of our own. So a delivery has the dedupe key that the webhook would have had.
 */
export function vouchedReceiver(options: AnyReceiverOptions): VouchedReceiver {
  const { provider } = options;
  const receiver = createReceiver({
    ...options,
    provider: {
      name: provider.name,
      policy: provider.policy,
      precheck: () => undefined,
      verify: () => ({ ok: true, secretIndex: 0 }),
      read: (request) => provider.read(request),
    },
  });
  return {
    async deliver(body) {
      const answer = await receiver.receive({
        method: "POST",
        headers: {},
        readBody: async () => ({ ok: true, bytes: body }),
      });
      if (answer.status !== 200) return "failed";
      return answer.body.includes("duplicate") ? "duplicate" : "processed";
    },
    close: () => receiver.close(),
  };
}

/** @throws LatchhookError `invalid-option` where the receiver is another sender's. */
export function requireProvider(provider: { readonly name: string } | undefined, expected: string): void {
  if (provider?.name === expected) return;
  throw new LatchhookError(
    "invalid-option",
    `trackJobs: the receiver's provider must be ${expected}, the one of the job source.`,
  );
}
