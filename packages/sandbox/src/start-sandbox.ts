import { setMaxListeners } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { allJobs, type Controls, controlRoutes, stepJob } from "./control/control-routes.ts";
import { createDeliverer } from "./delivery/create-deliverer.ts";
import type { DeliveryRecord } from "./delivery/outgoing.ts";
import { serveRoutes } from "./http/router.ts";
import { applyChange, type JobChange, playLife, type SandboxJob } from "./job.ts";
import type { SandboxHost } from "./sender.ts";
import { aiStatsSender } from "./senders/ai-stats.ts";
import { type SandboxDelivery, sendDelivery } from "./senders/any-sender.ts";
import { creativeaiSender } from "./senders/creativeai.ts";
import { type VideogenEmission, type VideogenStart, videogenSender } from "./senders/videogen.ts";
import {
  changeSettings,
  defaultSettings,
  type SandboxSettings,
  type SandboxSettingsChange,
} from "./settings.ts";

export interface SandboxOptions extends SandboxSettingsChange {
  /** The port of 127.0.0.1. Default: 0, a free one. */
  readonly port?: number | undefined;
  /** The only API key to let in. Default: any; CreativeAI then signs with the one that created the generation. */
  readonly apiKey?: string | undefined;
  /** The only key to let in at AI Stats' endpoints. Default: any that `apiKey` lets in. */
  readonly managementKey?: string | undefined;
  /** The signing secret that every VideoGen endpoint gets. Default: a new one for each, as the sender does. */
  readonly videogenSecret?: string | undefined;
}

/** A job without what only its account may see. */
export type SandboxJobView = Omit<SandboxJob, "apiKey">;

/** A running sandbox. */
export interface Sandbox {
  /** `http://127.0.0.1:<port>`: the `baseUrl` of all three senders. */
  readonly url: string;
  readonly settings: SandboxSettings;
  /**
   * Changes settings from now on, also for what is under way.
   *
   * @throws RangeError naming a member that is unknown or has no such value.
   */
  configure(change: SandboxSettingsChange): void;
  /** All jobs, AI Stats' first. */
  readonly jobs: readonly SandboxJobView[];
  /** Every request that was sent or dropped, oldest first. */
  readonly deliveries: readonly DeliveryRecord[];
  /** Takes a job a step further. Undefined: no such job; false: it has ended. */
  step(jobId: string, step: JobChange): boolean | undefined;
  /** Starts a job at VideoGen: its status call answers, and its end is told to the endpoints. */
  startVideogen(job: VideogenStart): { readonly jobId: string; readonly projectId: string | null };
  /** Lets something happen at VideoGen. */
  emit(emission: VideogenEmission): { readonly jobId: string; readonly endpoints: number };
  /**
   * Sends one delivery of any sender, one whose API is not played here too.
   *
   * @throws RangeError for a sender, an address or a secret that cannot be.
   */
  send(delivery: SandboxDelivery): { readonly jobId: string };
  /** Resolves once no delivery is under way or waiting for a retry. */
  idle(): Promise<void>;
  /** Ends lives, deliveries and the server. */
  close(): Promise<void>;
}

/**
 * Starts the senders' side of AI Stats, CreativeAI and VideoGen on one port of this machine. It delivers to this
 * machine only.
 *
 * @throws RangeError for a setting that cannot be.
 * @example
 * const sandbox = await startSandbox({ speed: 60, faults: { dropAttempts: 1 } });
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port = 0, apiKey, managementKey = apiKey, videogenSecret, ...change } = options;
  let settings = changeSettings(defaultSettings, change);
  let url = "";
  const closing = new AbortController();
  // One listener for each job under way.
  setMaxListeners(0, closing.signal);
  const deliverer = createDeliverer(() => settings);
  const host: SandboxHost = {
    settings: () => settings,
    origin: () => url,
    accepts: (key) => key !== "" && (apiKey === undefined || key === apiKey),
    acceptsManagement: (key) => key !== "" && (managementKey === undefined || key === managementKey),
    deliver: deliverer.send,
    records: () => deliverer.records,
    start(job, life, announce) {
      const advance = (step: JobChange): void => {
        if (applyChange(job, step)) announce(step);
      };
      playLife(life, settings.speed, closing.signal, advance).catch(() => {});
    },
  };
  const controls: Controls = {
    settings: () => settings,
    configure(next) {
      settings = changeSettings(settings, next);
    },
    deliverer,
    aiStats: aiStatsSender(host),
    creativeai: creativeaiSender(host),
    videogen: videogenSender(host, videogenSecret),
    send: (delivery) => sendDelivery(host, delivery),
  };
  const { aiStats, creativeai, videogen } = controls;
  const routes = [...controlRoutes(controls), ...aiStats.routes, ...creativeai.routes, ...videogen.routes];
  const serve = serveRoutes(routes, () => url);
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    get settings() {
      return settings;
    },
    configure: controls.configure,
    get jobs() {
      return allJobs(controls);
    },
    deliveries: deliverer.records,
    step: (jobId, step) => stepJob(controls, jobId, step),
    emit: videogen.emit,
    send: controls.send,
    startVideogen: videogen.start,
    idle: deliverer.idle,
    async close() {
      closing.abort();
      await deliverer.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
