import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { logOutcomes } from "@latchhook/core";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import { creativeai } from "@latchhook/core/providers/creativeai";
import { videogen } from "@latchhook/core/providers/videogen";
import { memoryStore } from "@latchhook/core/stores/memory";
import { webhook } from "@latchhook/express";
import { type MonitorOptions, monitor } from "@latchhook/monitor";
import { type SignAiStatsOptions, signAiStats } from "@latchhook/testing";
import express from "express";
import { type JobTable, jobTable } from "./job-table.ts";
import { seedHistory } from "./seed-history.ts";

export const secrets = {
  aiStats: "whsec_Zm9yLXRoZS1tb25pdG9yLXRlc3Rz",
  videogen: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  creativeai: "example-creativeai-key",
};

export interface Scenario {
  /** The server, without a slash at its end. */
  readonly url: string;
  /** Where the page is. */
  readonly page: string;
  readonly jobs: JobTable;
  /** What was persisted, by job id. */
  readonly persisted: string[];
  /** Whether the callback fails: what it throws. */
  breakWith(error: Error | undefined): void;
  /** Sends one delivery, and returns the status. */
  send(options: Omit<SignAiStatsOptions, "secret">): Promise<number>;
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface ScenarioOptions {
  readonly path?: string;
  readonly authorize?: MonitorOptions["authorize"];
  readonly origin?: string;
  readonly history?: boolean;
  /** Default: a free one. */
  readonly port?: number;
  /** Mounted before everything else. */
  readonly before?: readonly express.RequestHandler[];
}

/** An error as a user's own code throws it, with a stack that names no file of this machine. */
export function ownError(message: string, place: string, name = "Error"): Error {
  const error = new Error(message);
  error.name = name;
  error.stack = `${name}: ${message}\n    at work (${place})`;
  return error;
}

/** A server that receives webhooks and has the page, over real sockets. */
export async function startScenario(options: ScenarioOptions = {}): Promise<Scenario> {
  const { path = "/ops/webhooks", authorize = () => ({ actor: "oncall", access: "all", payload: true }) } =
    options;
  const store = memoryStore();
  const jobs = jobTable();
  const persisted: string[] = [];
  let failure: Error | undefined;
  const shared = {
    store,
    inbox: { headers: ["user-agent", "content-type"] },
    onOutcome: logOutcomes({ warn() {}, error() {} }),
  };
  const persist = (event: { readonly job: { readonly id: string } | null }) => {
    if (failure !== undefined) throw failure;
    persisted.push(event.job?.id ?? "none");
  };
  const hooks = [
    webhook(jobs.tracker.attach({ provider: aiStats({ secret: secrets.aiStats }), ...shared, persist })),
    webhook({ provider: videogen({ secret: secrets.videogen }), ...shared, persist }),
    webhook({ provider: creativeai({ secret: secrets.creativeai }), ...shared, scope: "eu", persist }),
  ] as const;
  const app = express();
  for (const handler of options.before ?? []) app.use(handler);
  app.all("/webhooks/ai-stats", hooks[0]);
  app.all("/webhooks/videogen", hooks[1]);
  app.all("/webhooks/creativeai", hooks[2]);
  app.use(path, monitor({ webhooks: hooks, jobs: [jobs.tracker], authorize, origin: options.origin }));
  if (options.history !== false) await seedHistory(store);
  const server = createServer(app).listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    page: `${url}${path}`,
    jobs,
    persisted,
    breakWith(error) {
      failure = error;
    },
    async send(signing) {
      const { headers, body } = signAiStats({ secret: secrets.aiStats, ...signing });
      const response = await fetch(`${url}/webhooks/ai-stats`, { method: "POST", headers, body });
      return response.status;
    },
    flush: async () => void (await Promise.all(hooks.map((hook) => hook.inbox?.flush()))),
    async close() {
      server.closeAllConnections();
      server.close();
      await Promise.all(hooks.map((hook) => hook.close()));
      await jobs.close();
    },
  };
}

/** Three failing deliveries, a dead group with bodies, and jobs in every state. */
export async function breakThings(scenario: Scenario): Promise<void> {
  const refused = ownError("connect ECONNREFUSED 10.0.3.7:5432", "/app/src/videos.ts:41:11");
  const { tracker, say } = scenario.jobs;
  const video = (id: string) => `G-01JXK3V8TQ4M7N2C9D5H${id}`;
  for (const [id, status] of [
    ["RUN1", "processing"],
    ["QUE1", "queued"],
    ["LOST", "processing"],
  ] as const) {
    await tracker.track({ id: video(id), status, progress: status === "processing" ? 62 : null });
  }
  say(video("LOST"), "completed");
  say(video("RUN1"), "processing");
  await tracker.track({ id: video("BYCK"), status: "processing" });
  say(video("BYCK"), "completed");
  await tracker.check(video("BYCK"));
  await scenario.send({ type: "video.failed", jobId: video("0KDN") });
  await scenario.send({ type: "video.completed", jobId: video("0FIN") });
  scenario.breakWith(ownError("it.result is not iterable", "/app/src/handlers/batch.ts:19:5", "TypeError"));
  for (const id of ["D001", "D002", "D003"])
    await scenario.send({ type: "batch.completed", jobId: `batch_${id}`, attempt: 4 });
  scenario.breakWith(refused);
  for (const id of ["1VHE", "P9TA", "7QF2"]) {
    await tracker.track({ id: video(id), status: "processing" });
    await scenario.send({ jobId: video(id), type: id === "1VHE" ? "video.failed" : "video.completed" });
  }
  await scenario.send({ jobId: video("7QF2"), type: "video.completed", attempt: 2 });
  await scenario.flush();
}
