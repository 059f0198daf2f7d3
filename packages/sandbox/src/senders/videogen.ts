import { randomBytes } from "node:crypto";
import { signVideogen, videogenPayload } from "@latchhook/testing";
import type { Schedule } from "../delivery/outgoing.ts";
import { loopbackUrl } from "../http/loopback-url.ts";
import { type Call, errorReply, type Reply } from "../http/router.ts";
import { applyChange, hasEnded, type JobChange, type SandboxJob } from "../job.ts";
import type { SandboxHost, SandboxSender } from "../sender.ts";
import { wishOf } from "../settings.ts";

/** Documented: 15 s, then exponential backoff. The gaps are not published; these are Standard Webhooks' example. */
const schedule: Schedule = {
  timeoutMs: 15_000,
  gapsMs: [5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 50_400_000, 72_000_000, 86_400_000],
};
const staleSeconds = 301;

interface Endpoint {
  readonly endpointId: string;
  readonly url: URL;
  readonly events: readonly string[];
  readonly description: string | null;
  readonly createdAt: number;
  readonly apiKey: string;
  readonly signingSecret: string;
}

/** Something that happened at VideoGen. */
export interface VideogenEmission {
  /** Such as `tool_execution.succeeded`. */
  readonly event: string;
  readonly jobId?: string | undefined;
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}

/** The kinds of job that VideoGen has a status call for. */
export type VideogenKind = keyof typeof kinds;

/** A job to start at VideoGen. */
export interface VideogenStart {
  readonly kind: VideogenKind;
  /** Default: a new one. */
  readonly jobId?: string | undefined;
  /** Default: a new one, for kinds that belong to a project. */
  readonly projectId?: string | undefined;
  /** How it lives. Default: as the settings say. */
  readonly sandbox?: unknown;
}

export interface VideogenSender extends SandboxSender {
  readonly jobs: ReadonlyMap<string, SandboxJob>;
  /** Sends an event to every endpoint that is subscribed to it. Returns the job's id and how many those are. */
  emit(emission: VideogenEmission): { readonly jobId: string; readonly endpoints: number };
  /** Starts a job, whose end is told to the endpoints. */
  start(job: VideogenStart): { readonly jobId: string; readonly projectId: string | null };
  /** Tells the endpoints of a step that was made from outside. */
  announce(job: SandboxJob, step: JobChange): void;
}

/** Per kind: the path of its status call up to the id, and the prefix of ids. */
const kinds = {
  tool_execution: { path: "/v1/tools/executions", prefix: "vg_tool_" },
  workflow_run: { path: "/v1/workflows/runs", prefix: "vg_work_" },
  project_export: { path: "/v1/projects/([^/]+)/exports", prefix: "vg_expo_" },
  assistant_message: { path: "/v1/assistant-messages", prefix: "vg_mesg_" },
  file: { path: "/v1/files", prefix: "vg_file_" },
} as const;
const inProjects: ReadonlySet<string> = new Set(["workflow_run", "project_export"]);

const statuses: Readonly<Record<string, string>> = {
  queued: "pending",
  processing: "running",
  completed: "succeeded",
  expired: "failed",
};

function newId(prefix: string): string {
  return `${prefix}${randomBytes(8).toString("hex")}`;
}

/** VideoGen: webhook endpoints, the events that they are told, and the status calls of its jobs. */
export function videogenSender(host: SandboxHost, signingSecret: string | undefined): VideogenSender {
  const endpoints = new Map<string, Endpoint>();
  const jobs = new Map<string, SandboxJob>();

  function emit(emission: VideogenEmission) {
    const { event, jobId = newId("vg_exec_"), data } = emission;
    remember(event, jobId, data);
    const subscribed = [...endpoints.values()].filter(({ events }) => events.includes(event));
    const occurredAt = Math.floor(Date.now() / 1000);
    for (const { url, signingSecret: secret, endpointId } of subscribed) {
      const id = `msg_${randomBytes(12).toString("hex")}`;
      host.deliver({
        sender: "videogen",
        jobId,
        type: event,
        url,
        schedule,
        last: true,
        metadataHeader: "webhook-id",
        // One id over all attempts of one endpoint: it is what receivers dedupe on.
        sign: (_attempt, stale) =>
          signVideogen({
            ...{ secret, event, jobId, occurredAt, data, id },
            ...(stale ? { timestamp: Math.floor(Date.now() / 1000) - staleSeconds } : {}),
          }),
        gone: () => endpoints.delete(endpointId),
      });
    }
    return { jobId, endpoints: subscribed.length };
  }

  /** What an event tells of a job, its status call says too. */
  function remember(event: string, jobId: string, data: VideogenEmission["data"]): void {
    const kind = event.split(".", 1)[0] as VideogenKind;
    const outcome = {
      succeeded: "completed",
      completed: "completed",
      failed: "failed",
      cancelled: "cancelled",
    }[event.slice(event.lastIndexOf(".") + 1)] as "completed" | "failed" | "cancelled" | undefined;
    if (!Object.hasOwn(kinds, kind) || outcome === undefined) return;
    const projectId = typeof data?.projectId === "string" ? data.projectId : undefined;
    applyChange(jobs.get(jobId) ?? add({ kind, jobId, projectId }), { change: outcome });
  }

  function add({ kind, jobId = newId(kinds[kind].prefix), projectId }: VideogenStart): SandboxJob {
    const project = projectId ?? (inProjects.has(kind) ? newId("vg_proj_") : null);
    const job: SandboxJob = {
      ...{ sender: "videogen", kind, id: jobId, apiKey: "", projectId: project, version: null, request: {} },
      ...{ createdAt: new Date(), status: "queued", progress: 0, endedAt: null },
    };
    jobs.set(job.id, job);
    return job;
  }

  function start(wanted: VideogenStart) {
    if (!Object.hasOwn(kinds, wanted.kind))
      throw new RangeError(`kind is one of ${Object.keys(kinds).join(", ")}.`);
    const { life } = wishOf(host.settings(), wanted.sandbox);
    const job = add(wanted);
    host.start(job, life, () => announce(job));
    return { jobId: job.id, projectId: job.projectId };
  }

  function announce(job: SandboxJob): void {
    if (!hasEnded(job)) return;
    const data = job.projectId === null ? undefined : { projectId: job.projectId };
    emit({ event: eventOf(job), jobId: job.id, data });
  }

  /** A job of another kind, or of another project, is as unknown as one that never was. */
  function show(kind: VideogenKind, { apiKey, parameters }: Call): Reply {
    if (!host.accepts(apiKey)) return videogenError(401, "invalid_api_key");
    const [projectId, id = projectId] = parameters;
    const job = jobs.get(id ?? "");
    const elsewhere = kind === "project_export" && job?.projectId !== projectId;
    if (job?.kind !== kind || elsewhere) return videogenError(404, "not_found");
    return { status: 200, json: toAnswer(job) };
  }

  function register({ apiKey, body }: Call): Reply {
    if (!host.accepts(apiKey)) return errorReply(401, "unauthorized", "invalid_api_key");
    const url = loopbackUrl(body.url);
    if (url === undefined) {
      return errorReply(400, "validation_error", "the sandbox delivers to http URLs of this machine only");
    }
    const { events, description } = body;
    if (!Array.isArray(events) || events.length === 0 || events.some((event) => typeof event !== "string")) {
      return errorReply(400, "validation_error", "events_required");
    }
    const endpoint: Endpoint = {
      endpointId: `vg_whe_${randomBytes(8).toString("hex")}`,
      url,
      events,
      description: typeof description === "string" ? description : null,
      createdAt: Math.floor(Date.now() / 1000),
      apiKey,
      signingSecret: signingSecret ?? `whsec_${randomBytes(32).toString("base64")}`,
    };
    endpoints.set(endpoint.endpointId, endpoint);
    return { status: 201, json: { ...toPublic(endpoint), signingSecret: endpoint.signingSecret } };
  }

  function list({ apiKey }: Call): Reply {
    if (!host.accepts(apiKey)) return errorReply(401, "unauthorized", "invalid_api_key");
    const own = [...endpoints.values()].filter((endpoint) => endpoint.apiKey === apiKey);
    return { status: 200, json: { endpoints: own.map(toPublic) } };
  }

  function remove({ apiKey, parameters }: Call): Reply {
    if (!host.accepts(apiKey)) return errorReply(401, "unauthorized", "invalid_api_key");
    const endpoint = endpoints.get(parameters[0] ?? "");
    if (endpoint?.apiKey !== apiKey) return errorReply(404, "not_found", "endpoint_not_found");
    endpoints.delete(endpoint.endpointId);
    return { status: 204 };
  }

  const path = "/v1/webhooks/endpoints";
  const statusCalls = Object.entries(kinds).map(([kind, { path: root }]) => ({
    method: "GET",
    path: new RegExp(`^${root}/([^/]+)$`),
    handle: (call: Call) => show(kind as VideogenKind, call),
  }));
  return {
    jobs,
    emit,
    start,
    announce,
    routes: [
      ...statusCalls,
      { method: "POST", path: new RegExp(`^${path}$`), handle: register },
      { method: "GET", path: new RegExp(`^${path}$`), handle: list },
      { method: "DELETE", path: new RegExp(`^${path}/([^/]+)$`), handle: remove },
    ],
  };
}

function toPublic({ endpointId, url, events, description, createdAt, signingSecret }: Endpoint) {
  const signingSecretLast4 = signingSecret.slice(-4);
  return { endpointId, url: url.href, events, description, createdAt, signingSecretLast4 };
}

function videogenError(status: number, code: string): Reply {
  return {
    status,
    json: { message: "The sandbox refuses this.", code, requirement: null, internalErrorCode: null },
  };
}

/** The event that tells of a job's end. Of a file it is its upload's. */
function eventOf({ kind, status }: SandboxJob): string {
  if (kind === "file") return status === "completed" ? "file.upload.completed" : "file.upload.failed";
  return `${kind}.${statuses[status] ?? status}`;
}

/** What a status call answers: the members of the event, but for a message and a file, which are answered bare. */
function toAnswer(job: SandboxJob): Record<string, unknown> {
  const {
    event: _event,
    occurredAt: _occurredAt,
    ...members
  } = videogenPayload({ event: eventOf(job), jobId: job.id });
  const status = statuses[job.status] ?? job.status;
  const shared = { status, progressPercentage: job.progress, attemptIndex: 0, error: members.error ?? null };
  if (job.kind === "file") return fileAnswer(job);
  if (job.kind !== "assistant_message") return { ...members, ...shared, projectId: job.projectId };
  return { messageId: job.id, role: "assistant", content: null, ...(members.message as object), ...shared };
}

/** A file has no status: it is stored once it has a download URL. */
function fileAnswer({ id, status }: SandboxJob): Record<string, unknown> {
  const ready = status === "completed";
  return {
    ...{ fileId: id, scope: "GLOBAL", type: ready ? "VIDEO" : null },
    downloadUrl: ready ? `https://files.example.com/${encodeURIComponent(id)}?token=example` : null,
    downloadSource: { status: ready ? "ready" : "pending" },
  };
}
