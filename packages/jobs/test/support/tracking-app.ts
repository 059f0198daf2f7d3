import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createReceiver, fromFetchRequest, type Provider, type WebhookEvent } from "@latchhook/core";
import { memoryStore } from "@latchhook/core/stores/memory";
import { type JobProblem, type JobSource, type JobStore, trackJobs } from "@latchhook/jobs";
import { atEnd } from "./cleanups.ts";

export interface TrackingAppOptions {
  readonly source: JobSource;
  readonly provider: Provider<WebhookEvent>;
  readonly store: JobStore;
  /** Called in `persist`, before the event counts as persisted. */
  readonly beforePersist?: ((event: WebhookEvent) => unknown) | undefined;
  readonly overdueAfterMs?: number | undefined;
  /** The deliveries of another app, to be a second process of it. */
  readonly deliveries?: ReturnType<typeof memoryStore> | undefined;
}

/** A receiver over real sockets whose jobs are tracked. */
export async function trackingApp(options: TrackingAppOptions) {
  const { source, provider, store, beforePersist, overdueAfterMs = 20 } = options;
  const deliveries = options.deliveries ?? memoryStore();
  const persisted: WebhookEvent[] = [];
  const problems: JobProblem[] = [];
  const onProblem = (problem: JobProblem) => problems.push(problem);
  // A scope of its own, for the suites of one database share a table.
  const scope = `${Math.random()}`;
  const jobs = trackJobs({ source, store, scope, overdueAfterMs, onProblem });
  const attached = jobs.attach({
    provider,
    store: deliveries,
    onOutcome: () => {},
    async persist(event: WebhookEvent) {
      await beforePersist?.(event);
      persisted.push(event);
    },
  });
  const receiver = createReceiver(attached);
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = "POST", headers } = request;
    const body = Buffer.concat(chunks);
    const fetched = new Request("http://127.0.0.1/", {
      method,
      headers: headers as Record<string, string>,
      body,
    });
    const answer = await receiver.receive(fromFetchRequest(fetched));
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  atEnd(async () => {
    await jobs.stop();
    server.closeAllConnections();
    server.close();
  });

  /** A second process of this app: its own tracker on the same tables. */
  function another(): typeof jobs {
    const other = trackJobs({ source, store, scope, overdueAfterMs, onProblem });
    other.attach(attachable(attached, persisted, beforePersist));
    atEnd(() => other.stop());
    return other;
  }

  return { jobs, url, persisted, problems, another };
}

/** The same options without the first tracker's feeding. */
function attachable<Options extends { readonly persist: unknown }>(
  attached: Options,
  persisted: WebhookEvent[],
  beforePersist: TrackingAppOptions["beforePersist"],
): Options {
  return {
    ...attached,
    async persist(event: WebhookEvent) {
      await beforePersist?.(event);
      persisted.push(event);
    },
  };
}
