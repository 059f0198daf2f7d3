import {
  type Answer,
  type BodyResult,
  createReceiver,
  type Delivery,
  type Handshake,
  type HeaderSource,
  logOutcomes,
  type Outcome,
  type Provider,
  type Receiver,
  type ReceiverOptions,
  type StandardSchema,
  type Store,
  type WebhookEvent,
} from "@latchhook/core";
import { memoryStore } from "@latchhook/core/stores/memory";
import { expect } from "vitest";

export type Persist = (event: WebhookEvent, delivery: Delivery) => unknown;

/** A receiver whose effects can be seen. */
export interface TrialReceiver {
  readonly receiver: Receiver;
  /** Every call of `persist`, in order. */
  readonly persisted: { readonly event: WebhookEvent; readonly delivery: Delivery }[];
  /** Every outcome the observer was told, in order. */
  readonly outcomes: Outcome[];
  /** The names of all operations that the store was asked for. */
  readonly storeCalls: string[];
  readonly post: (request: PostedRequest) => Promise<Answer>;
}

export interface PostedRequest {
  /** Where a sender puts something of its own into it. Default: not known. */
  readonly url?: string | undefined;
  readonly headers: HeaderSource;
  readonly body: Uint8Array;
}

/** In place of the default log: what is refused here is refused on purpose. */
export const silentLog = logOutcomes({ error() {}, warn() {} });

type Overrides = Partial<ReceiverOptions<WebhookEvent, never, StandardSchema | undefined>>;

/** A receiver over a memory store, both counted. */
export function trialReceiver(
  provider: Provider<WebhookEvent, Handshake>,
  options: Overrides = {},
): TrialReceiver {
  const persisted: TrialReceiver["persisted"] = [];
  const outcomes: Outcome[] = [];
  const storeCalls: string[] = [];
  const receiver = createReceiver<WebhookEvent, never, StandardSchema | undefined>({
    provider,
    onOutcome: [(outcome) => outcomes.push(outcome), silentLog],
    ...options,
    store: countCalls(options.store ?? memoryStore(), storeCalls),
    persist: async (event, delivery) => {
      persisted.push({ event: event as WebhookEvent, delivery });
      await options.persist?.(event, delivery);
    },
  });
  return { receiver, persisted, outcomes, storeCalls, post: (request) => post(receiver, request) };
}

/** Hands a request to a receiver the way an adapter does: headers as they are, and the body as it was sent. */
export function post(receiver: Receiver, { url, headers, body }: PostedRequest): Promise<Answer> {
  return receiver.receive({
    method: "POST",
    url,
    headers,
    readBody: async (): Promise<BodyResult> => ({ ok: true, bytes: body }),
  });
}

/** The store, with the name of each operation noted. */
export function countCalls<Transaction>(store: Store<Transaction>, calls: string[]): Store<Transaction> {
  return new Proxy(store, {
    get(target, name, self) {
      const member: unknown = Reflect.get(target, name, self);
      if (typeof member !== "function") return member;
      return (...parameters: readonly unknown[]) => {
        calls.push(String(name));
        return Reflect.apply(member, target, parameters);
      };
    },
  });
}

const refusals: Readonly<Record<number, string>> = {
  400: '{"error":"malformed"}',
  401: '{"error":"unauthentic"}',
  413: '{"error":"too large"}',
};

/** A refusal: one constant answer, and neither `persist` nor the store was called. */
export function expectRefused(trial: TrialReceiver, answer: Answer, status: number, what: string): void {
  expect({ what, ...answer }).toEqual({
    what,
    status,
    headers: { "content-type": "application/json" },
    body: refusals[status],
  });
  expect(trial.persisted, what).toEqual([]);
  expect(trial.storeCalls, what).toEqual([]);
}

/** An answer of 200 for a delivery that was processed now. */
export function expectProcessed(answer: Answer, what: string): void {
  expect({ what, ...answer }).toEqual({
    what,
    status: 200,
    headers: { "content-type": "application/json" },
    body: '{"received":true}',
  });
}
