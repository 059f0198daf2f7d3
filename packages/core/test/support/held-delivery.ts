import type { Store, Trusted } from "@latchhook/core";
import { hold } from "../../src/delivery/hold.ts";
import type { ReceiverLimits } from "../../src/options.ts";

export const limits: ReceiverLimits = {
  maxBodyBytes: 1_048_576,
  maxBytesInFlight: 67_108_864,
  bodyTimeoutMs: 10_000,
  deadlineMs: 8_000,
  leaseMs: 3_000,
  maxRunMs: 10_000,
  retainMs: 60_000,
  waitMs: 3_000,
};

/** A trusted delivery of nobody in particular. */
export function trustedDelivery(changes: Partial<Trusted> = {}): Trusted {
  return {
    ok: true,
    event: { provider: "test", id: "1", type: "ping", known: true, job: null, occurredAt: null, data: {} },
    key: "a".repeat(64),
    replayKey: null,
    attempt: null,
    maxAttempts: null,
    secretIndex: 0,
    source: "http",
    replay: null,
    undated: false,
    headers: {},
    body: new Uint8Array(),
    receivedAt: 0,
    ...changes,
  };
}

/** Holds a delivery, or fails where it is held or done already. */
export async function heldDelivery(store: Store, changes: Partial<Trusted> = {}) {
  const holding = await hold(store as never, trustedDelivery(changes), limits, 0);
  if ("state" in holding) throw new Error(`It is ${holding.state}.`);
  return holding;
}

/** Whether a key can be claimed, is done, or is held. */
export async function stateOf(store: Store, key: string): Promise<string> {
  const options = { owner: crypto.randomUUID(), leaseMs: 1, retainMs: 60_000 };
  return (await store.claim(key, options)).state;
}
