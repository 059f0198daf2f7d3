import assert from "node:assert/strict";
import { logOutcomes, type Outcome, type ReceiverOptions, type Store } from "@latchhook/core";
import { type AiStatsEvent, aiStats } from "@latchhook/core/providers/ai-stats";
import { memoryStore } from "@latchhook/core/stores/memory";
import { type Connection, openConnection, type WireResponse } from "../wire/connection.ts";
import { contractSecret, countedTo, type RawRequest } from "./request-text.ts";

/** What happens to the body before the webhook handler sees the request. */
export type Earlier =
  | "nothing"
  /** Something parses it, and only the result is left. */
  | "parsed"
  /** Something reads it and keeps the bytes, in the way that the framework has for that. */
  | "kept"
  /** Something listens to the stream as well, from before the framework sees the request; `listen` does it. */
  | "listened"
  /** The same, but the framework sees the request only when bytes have passed. */
  | "taken";

/** A server of the framework, on 127.0.0.1. */
export interface AdapterServer {
  /** Where the webhook handler is mounted, for all methods. */
  readonly url: string;
  /** Ends the server and every connection. */
  close(): Promise<void>;
}

export type Serve = (options: ReceiverOptions<AiStatsEvent>, earlier: Earlier) => Promise<AdapterServer>;

/** One server under test, and what came of the requests. */
export interface Trial {
  readonly url: string;
  connect(): Promise<Connection>;
  /** Sends one request on a connection of its own. */
  send(request: RawRequest): Promise<WireResponse | undefined>;
  /** The job ids that `persist` was called for. */
  readonly persisted: readonly string[];
  readonly outcomes: readonly Outcome[];
  /** Lines on `console.error`. */
  readonly logged: readonly string[];
  storeCalls(): number;
  /** Fails unless neither the store nor `persist` has been called. */
  assertUntouched(): void;
}

export interface TrialSettings {
  readonly earlier?: Earlier;
  readonly options?: Partial<ReceiverOptions<AiStatsEvent>>;
}

/** Runs `use` against a fresh server and a fresh store, and ends both. */
export async function withTrial(
  serve: Serve,
  use: (trial: Trial) => Promise<void>,
  { earlier = "nothing", options = {} }: TrialSettings = {},
): Promise<void> {
  const { recorded, record } = recordInto(options);
  const watch = watchProcess();
  try {
    const server = await serve(recorded, earlier);
    const client = clientOf(server.url);
    try {
      await use({ ...record, ...client, url: server.url, logged: watch.logged });
    } finally {
      client.hangUp();
      await server.close();
    }
  } finally {
    watch.end();
  }
  watch.assertClean();
}

type TrialRecord = Pick<Trial, "persisted" | "outcomes" | "storeCalls" | "assertUntouched">;

/** Options that write down what becomes of each request. */
function recordInto(options: Partial<ReceiverOptions<AiStatsEvent>>): {
  readonly recorded: ReceiverOptions<AiStatsEvent>;
  readonly record: TrialRecord;
} {
  const { store, calls } = countCalls(options.store ?? memoryStore());
  const persisted: string[] = [];
  const outcomes: Outcome[] = [];
  const recorded: ReceiverOptions<AiStatsEvent> = {
    ...options,
    provider: aiStats({ secret: contractSecret }),
    store,
    async persist(event, delivery) {
      persisted.push(event.job?.id ?? "");
      await options.persist?.(event, delivery);
    },
    // Without the lines on refusals: what is refused here is refused on purpose.
    onOutcome: [
      (outcome) => outcomes.push(outcome),
      logOutcomes({ error: (line) => console.error(line), warn() {} }),
    ],
  };
  function assertUntouched(): void {
    assert.deepEqual(persisted, [], "persist was called");
    assert.equal(calls(), 0, "the store was called");
  }
  return { recorded, record: { persisted, outcomes, storeCalls: calls, assertUntouched } };
}

function clientOf(url: string) {
  const connections: Connection[] = [];
  async function connect(): Promise<Connection> {
    const connection = await openConnection(url);
    connections.push(connection);
    return connection;
  }
  return {
    connect,
    async send(request: RawRequest): Promise<WireResponse | undefined> {
      const connection = await connect();
      await connection.write(countedTo(url, request));
      return connection.response(request.method);
    },
    hangUp(): void {
      for (const connection of connections) connection.destroy();
    },
  };
}

function countCalls(store: Store): { readonly store: Store; readonly calls: () => number } {
  let calls = 0;
  const counting = new Proxy(store, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property);
      if (typeof member !== "function") return member;
      return (...values: unknown[]) => {
        calls += 1;
        return Reflect.apply(member, target, values);
      };
    },
  });
  return { store: counting, calls: () => calls };
}

/** Collects what is logged and what nobody handles (it ends a process), for the time of a trial. */
function watchProcess() {
  const logged: string[] = [];
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  const log = console.error;
  console.error = (...values: unknown[]) => logged.push(values.map(String).join(" "));
  process.on("unhandledRejection", note).on("uncaughtException", note);
  return {
    logged,
    end() {
      console.error = log;
      process.off("unhandledRejection", note).off("uncaughtException", note);
    },
    assertClean() {
      assert.deepEqual(unhandled, [], "an error that nobody handled would have ended the process");
      for (const line of logged) assert.ok(!line.includes(contractSecret), "the secret was logged");
    },
  };
}

/** Waits until `condition` holds, for at most `maxMs`. */
export async function until(condition: () => boolean, maxMs: number, message: string): Promise<void> {
  const start = performance.now();
  while (!condition()) {
    assert.ok(performance.now() - start < maxMs, message);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const bodies: Readonly<Record<number, string>> = {
  200: '{"received":true}',
  400: '{"error":"malformed"}',
  401: '{"error":"unauthentic"}',
  405: '{"error":"method not allowed"}',
  408: '{"error":"timeout"}',
  413: '{"error":"too large"}',
  415: '{"error":"unsupported encoding"}',
  500: '{"error":"failed"}',
  503: '{"error":"unavailable"}',
};

export const duplicateBody = '{"received":true,"duplicate":true}';

/** Fails unless `response` is latchhook's own answer of this status, to the letter. */
export function assertAnswer(
  response: WireResponse | undefined,
  status: number,
  body: string | undefined = bodies[status],
): void {
  assert.deepEqual({ status: response?.status, body: response?.body }, { status, body });
  assert.match(response?.headers.get("content-type") ?? "", /^application\/json\b/);
  assert.equal(response?.headers.get("location"), undefined);
}
