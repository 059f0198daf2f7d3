import { createReceiver, logOutcomes, type ReceiverOptions } from "@latchhook/core";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import { memoryStore } from "@latchhook/core/stores/memory";
import { type MonitorHandler, type MonitorOptions, monitor } from "@latchhook/monitor";
import { type SignAiStatsOptions, signAiStats, toRequest } from "@latchhook/testing";

export const secret = "whsec_Zm9yLXRoZS1tb25pdG9yLXRlc3Rz";
export const address = "http://ops.test/ops/webhooks";

/** What a browser sends with a form of the page itself. */
export const sameOrigin = { "sec-fetch-site": "same-origin" };

export interface Hook {
  readonly receiver: ReturnType<typeof createReceiver>;
  readonly persisted: string[];
  /** What the callback throws from now on. */
  failWith(error: unknown): void;
  /** Sends one delivery; the status. */
  send(options?: Partial<SignAiStatsOptions>): Promise<number>;
}

/** A receiver with an inbox whose callback fails when it is told to. */
export function hookOf(options: Partial<ReceiverOptions> = {}): Hook {
  const persisted: string[] = [];
  let failure: unknown;
  const receiver = createReceiver({
    provider: aiStats({ secret }),
    store: memoryStore(),
    inbox: { headers: ["user-agent"] },
    onOutcome: logOutcomes({ warn() {}, error() {} }),
    persist(event) {
      if (failure !== undefined) throw failure;
      persisted.push(event.job?.id ?? event.id);
    },
    ...options,
  });
  return {
    receiver,
    persisted,
    failWith(error) {
      failure = error;
    },
    async send(signing = {}) {
      const signed = signAiStats({ secret, ...signing });
      const { status } = await receiver.handle(toRequest(signed, "http://app.test/webhooks/ai-stats"));
      await receiver.inbox?.flush();
      return status;
    },
  };
}

/** The page over hooks, for somebody who may do everything. */
export function pageOf(hooks: readonly Hook[], options: Partial<MonitorOptions> = {}): MonitorHandler {
  return monitor({
    webhooks: hooks.map(({ receiver }) => receiver),
    authorize: () => ({ actor: "oncall", access: "all" }),
    ...options,
  });
}

export async function getPage(page: MonitorHandler, query: string): Promise<string> {
  const response = await page(new Request(`${address}${query}`, { headers: { accept: "text/html" } }));
  return response.text();
}

/** What a view is as JSON. The tests say what they expect of it. */
export async function getJson<Shape>(page: MonitorHandler, query: string): Promise<Shape> {
  const response = await page(new Request(`${address}${query}`, { headers: { accept: "application/json" } }));
  return (await response.json()) as Shape;
}

/** Makes an action as the page's own forms do, and asks for JSON. */
export async function post(
  page: MonitorHandler,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = sameOrigin,
): Promise<{ readonly status: number; readonly outcome: string }> {
  const response = await page(
    new Request(address, {
      method: "POST",
      headers: { accept: "application/json", ...headers },
      body: new URLSearchParams(fields),
    }),
  );
  const { outcome } = (await response.json()) as { outcome: string };
  return { status: response.status, outcome };
}

export interface Row {
  readonly key: string;
  readonly state: string;
  readonly type: string;
  readonly jobId: string | null;
}

export async function rowsOf(page: MonitorHandler, query = ""): Promise<readonly Row[]> {
  const { deliveries } = await getJson<{ deliveries: readonly Row[] }>(page, `?view=deliveries${query}`);
  return deliveries;
}
