import type { Deliverer } from "../delivery/create-deliverer.ts";
import { errorReply, type Reply, type Route } from "../http/router.ts";
import { applyChange, type JobChange, type SandboxJob } from "../job.ts";
import type { AiStatsSender } from "../senders/ai-stats.ts";
import type { SandboxDelivery } from "../senders/any-sender.ts";
import type { CreativeaiSender } from "../senders/creativeai.ts";
import type { VideogenSender, VideogenStart } from "../senders/videogen.ts";
import type { SandboxSettings, SandboxSettingsChange } from "../settings.ts";

/** What the control endpoint steers. */
export interface Controls {
  readonly settings: () => SandboxSettings;
  readonly configure: (change: SandboxSettingsChange) => void;
  readonly deliverer: Deliverer;
  readonly aiStats: AiStatsSender;
  readonly creativeai: CreativeaiSender;
  readonly videogen: VideogenSender;
  readonly send: (delivery: SandboxDelivery) => { readonly jobId: string };
}

/** Takes a job one step further. Undefined where no such job is there; false where it has ended already. */
export function stepJob(controls: Controls, id: string, step: JobChange): boolean | undefined {
  const sender = jobSenders(controls).find(({ jobs }) => jobs.has(id));
  const job = sender?.jobs.get(id);
  if (sender === undefined || job === undefined) return undefined;
  if (!applyChange(job, step)) return false;
  sender.announce(job, step);
  return true;
}

function jobSenders({ aiStats, creativeai, videogen }: Controls) {
  return [aiStats, creativeai, videogen];
}

/** Every job without what only its account may see, AI Stats' first. */
export function allJobs(controls: Controls): readonly Omit<SandboxJob, "apiKey">[] {
  const jobs = jobSenders(controls).flatMap((sender) => [...sender.jobs.values()]);
  return jobs.map(({ apiKey: _hidden, ...job }) => job);
}

/** `/_sandbox`: the sandbox's own endpoint, for scripts in any language. It needs no API key. */
export function controlRoutes(controls: Controls): readonly Route[] {
  const { settings, configure, deliverer, videogen, send } = controls;
  return [
    { method: "GET", path: /^\/_sandbox$/, handle: () => ({ status: 200, json: settings() }) },
    {
      method: "PATCH",
      path: /^\/_sandbox$/,
      handle({ body }) {
        configure(body as SandboxSettingsChange);
        return { status: 200, json: settings() };
      },
    },
    {
      method: "GET",
      path: /^\/_sandbox\/jobs$/,
      handle: () => ({ status: 200, json: allJobs(controls) }),
    },
    {
      method: "GET",
      path: /^\/_sandbox\/deliveries$/,
      handle: () => ({ status: 200, json: deliverer.records }),
    },
    {
      method: "POST",
      path: /^\/_sandbox\/send$/,
      handle: ({ body }) => ({ status: 202, json: send(body as unknown as SandboxDelivery) }),
    },
    {
      method: "POST",
      path: /^\/_sandbox\/jobs\/([^/]+)$/,
      handle: ({ parameters, body }) => step(controls, parameters[0] ?? "", body),
    },
    {
      method: "POST",
      path: /^\/_sandbox\/videogen\/jobs$/,
      handle: ({ body }) => ({ status: 202, json: videogen.start(body as unknown as VideogenStart) }),
    },
    {
      method: "POST",
      path: /^\/_sandbox\/videogen\/events$/,
      handle({ body }) {
        if (typeof body.event !== "string")
          throw new RangeError("event is required, such as tool_execution.succeeded.");
        const { event, jobId, data } = body as {
          event: string;
          jobId?: string;
          data?: Record<string, unknown>;
        };
        return { status: 202, json: videogen.emit({ event, jobId, data }) };
      },
    },
  ];
}

const outcomes: readonly unknown[] = ["completed", "failed", "cancelled", "expired"];

/** `{ "outcome": "failed" }` ends a job now, `{ "progress": 50 }` moves it on. */
function step(controls: Controls, id: string, body: Readonly<Record<string, unknown>>): Reply {
  const { outcome, progress } = body;
  let change: JobChange;
  if (outcomes.includes(outcome)) change = { change: outcome } as JobChange;
  else if (typeof progress === "number") change = { change: "progress", progress };
  else throw new RangeError("outcome or progress is required.");
  const done = stepJob(controls, id, change);
  if (done === undefined) return errorReply(404, "not_found", "no_such_job");
  return done ? { status: 200, json: { id } } : errorReply(409, "conflict", "job_has_ended");
}
