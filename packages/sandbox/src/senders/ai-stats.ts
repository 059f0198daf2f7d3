import { randomBytes } from "node:crypto";
import { type SignAiStatsOptions, signAiStats } from "@latchhook/testing";
import type { Outgoing, Schedule } from "../delivery/outgoing.ts";
import { type Call, errorReply, type Reply } from "../http/router.ts";
import { hasEnded, type JobChange, type SandboxJob } from "../job.ts";
import type { SandboxHost, SandboxSender } from "../sender.ts";
import { type AiStatsVersion, wishOf } from "../settings.ts";
import { content, downloadUrl } from "./ai-stats-content.ts";
import { aiStatsEndpointRoutes } from "./ai-stats-endpoints.ts";
import {
  aiStatsBatch,
  aiStatsBatchAnswer,
  aiStatsDeliveryState,
  aiStatsVideo,
  aiStatsVideoAnswer,
} from "./ai-stats-response.ts";
import { type AiStatsKind, type AiStatsSubscription, readSubscription } from "./ai-stats-subscription.ts";
import { isDownloadLink } from "./download-link.ts";

/** Observed: 30 s to the response headers; retries after 60 s, 5 min and 15 min. */
const schedule: Schedule = { timeoutMs: 30_000, gapsMs: [60_000, 300_000, 900_000] };
const staleSeconds = 301;

export interface AiStatsSender extends SandboxSender {
  readonly jobs: ReadonlyMap<string, SandboxJob>;
  /** Tells the subscriber of a step that was made from outside. */
  announce(job: SandboxJob, step: JobChange): void;
}

/** What is told of a job, beside the job itself. */
type Telling = Pick<SignAiStatsOptions, "progress" | "statusChange"> & { readonly phase: string };

/** AI Stats (Phaseo): videos, their content, batches, webhooks per job and the endpoints that they go to. */
export function aiStatsSender(host: SandboxHost): AiStatsSender {
  const jobs = new Map<string, SandboxJob>();
  const subscriptions = new Map<string, AiStatsSubscription>();
  const statuses = new Map<string, string>();
  const endpoints = aiStatsEndpointRoutes(host.acceptsManagement);
  /** A job may be of another version than the sandbox is. */
  const versionOf = (job: SandboxJob): AiStatsVersion => job.version ?? host.settings().version;
  const context = () => ({ origin: host.origin(), speed: host.settings().speed });

  function announce(job: SandboxJob, step: JobChange): void {
    const previousStatus = statuses.get(job.id) ?? "queued";
    const status = internalStatus(job);
    statuses.set(job.id, status);
    if (status !== previousStatus && versionOf(job) === "2026-08") {
      tell(job, { phase: "status_changed", statusChange: { previousStatus, status } });
    }
    tell(job, { phase: step.change, ...(step.change === "progress" ? { progress: step.progress } : {}) });
  }

  function tell(job: SandboxJob, telling: Telling): void {
    const subscription = subscriptions.get(job.id);
    const target = subscription?.target();
    // Since August 2026 a delivery without a secret is never sent.
    if (subscription === undefined || target === undefined || !subscription.phases.has(telling.phase)) return;
    host.deliver(toOutgoing(job, telling, target.url, () => subscription.target()?.secret ?? target.secret));
  }

  function toOutgoing(job: SandboxJob, telling: Telling, url: URL, secret: () => string): Outgoing {
    const { phase, ...told } = telling;
    const type = `${job.kind}.${phase}`;
    const { headerFamily } = host.settings();
    return {
      sender: "ai-stats",
      jobId: job.id,
      type: deliveryKeyOf(type, telling),
      url,
      schedule,
      last: !["created", "progress", "status_changed"].includes(phase),
      metadataHeader: `x-${headerFamily}-delivery-key`,
      sign: (attempt, stale) =>
        signAiStats({
          ...told,
          // Read at each attempt: after a rotation the old secret signs nothing more.
          secret: secret(),
          type,
          jobId: job.id,
          attempt,
          headerFamily,
          version: versionOf(job),
          ...(stale ? { timestamp: Math.floor(Date.now() / 1000) - staleSeconds } : {}),
          data: { ...currentData(job), ...(told.progress === undefined ? {} : { progress: told.progress }) },
        }),
    };
  }

  /** What every attempt reads again: the job as it is now. */
  function currentData(job: SandboxJob): Record<string, unknown> {
    const common = {
      created_at: job.createdAt.toISOString(),
      updated_at: (job.endedAt ?? new Date()).toISOString(),
      webhook: webhookOf(job),
    };
    if (job.kind === "batch") {
      const status = { queued: "pending", processing: "in_progress" }[job.status as string] ?? job.status;
      return { ...aiStatsBatch(job, context()), status, ...common };
    }
    const { object, status, lifecycle_status, progress, model, ...rest } = aiStatsVideo(job, context());
    const { polling_url, content_url, download_url, expires_at } = rest;
    return {
      ...{
        object,
        status,
        lifecycle_status,
        progress,
        model,
        polling_url,
        content_url,
        download_url,
        expires_at,
      },
      ...common,
    };
  }

  function webhookOf(job: SandboxJob): unknown {
    const subscription = subscriptions.get(job.id);
    return subscription === undefined ? undefined : aiStatsDeliveryState(job, subscription, host.records());
  }

  /** Runs `use` on the caller's own job; a job of another key is as unknown as one that never was. */
  function onJob(kind: AiStatsKind, use: (job: SandboxJob, call: Call) => Reply): (call: Call) => Reply {
    return (call) => {
      if (!host.accepts(call.apiKey)) return errorReply(401, "unauthorized", "invalid_api_key");
      const job = jobs.get(call.parameters[0] ?? "");
      if (job === undefined || job.kind !== kind || job.apiKey !== call.apiKey)
        return errorReply(404, "not_found", `${kind}_not_found`);
      return use(job, call);
    };
  }

  function show(job: SandboxJob, status = 200): Reply {
    const answer = job.kind === "batch" ? aiStatsBatchAnswer : aiStatsVideoAnswer;
    const webhook = webhookOf(job);
    return { status, json: { ...answer(job, context()), ...(webhook ? { webhook } : {}) } };
  }

  function create(kind: AiStatsKind, { apiKey, body }: Call): Reply {
    if (!host.accepts(apiKey)) return errorReply(401, "unauthorized", "invalid_api_key");
    if (kind === "video" && (typeof body.model !== "string" || typeof body.prompt !== "string")) {
      return errorReply(400, "validation_error", "model_and_prompt_required");
    }
    const { life, version } = wishOf(host.settings(), body.sandbox);
    const present = version ?? host.settings().version;
    const endpointId = kind === "batch" ? body.webhook_endpoint_id : undefined;
    const wanted = body.webhook ?? (endpointId === undefined ? undefined : { endpoint_id: endpointId });
    const subscription =
      wanted === undefined
        ? undefined
        : readSubscription(wanted, { kind, version: present, findEndpoint: endpoints.find });
    if (typeof subscription === "string") return errorReply(400, "validation_error", subscription);
    const id = `${kind === "batch" ? "batch_" : "G-"}${randomBytes(12).toString("hex")}`;
    const job: SandboxJob = {
      ...{ sender: "ai-stats", kind, version, id, apiKey, projectId: null, request: body },
      ...{ createdAt: new Date(), status: "queued", progress: 0, endedAt: null },
    };
    jobs.set(job.id, job);
    if (subscription !== undefined) subscriptions.set(job.id, subscription);
    host.start(job, life, (step) => announce(job, step));
    return show(job, present === "2026-08" ? 202 : 200);
  }

  function cancel(job: SandboxJob): Reply {
    if (versionOf(job) === "2026-08") return errorReply(501, "not_implemented", "video_cancel_not_supported");
    if (hasEnded(job)) return errorReply(409, "conflict", "video_already_ended");
    job.status = "cancelled";
    job.endedAt = new Date();
    announce(job, { change: "cancelled" });
    return show(job);
  }

  const videos = (suffix = "") => new RegExp(`^/v1/videos/([^/]+)${suffix}$`);
  return {
    jobs,
    announce,
    routes: [
      ...endpoints.routes,
      { method: "POST", path: /^\/v1\/batches$/, handle: (call) => create("batch", call) },
      { method: "GET", path: /^\/v1\/batches\/([^/]+)$/, handle: onJob("batch", (job) => show(job)) },
      { method: "POST", path: /^\/v1\/videos$/, handle: (call) => create("video", call) },
      { method: "GET", path: videos(), handle: onJob("video", (job) => show(job)) },
      { method: "POST", path: videos("/cancel"), handle: onJob("video", cancel) },
      { method: "POST", path: videos("/download_url"), handle: onJob("video", downloadUrl) },
      {
        method: "GET",
        path: videos("/content"),
        handle(call) {
          const job = jobs.get(call.parameters[0] ?? "");
          return job !== undefined && isDownloadLink(call.query, job.id)
            ? content(job)
            : onJob("video", content)(call);
        },
      },
    ],
  };
}

/** Its own word for a job that runs, which `status_change` shows. */
function internalStatus({ status }: SandboxJob): string {
  return status === "processing" ? "in_progress" : status;
}

function deliveryKeyOf(type: string, { progress, statusChange }: Telling): string {
  if (statusChange !== undefined) return `${type}:${statusChange.previousStatus}:${statusChange.status}`;
  return progress === undefined ? type : `${type}:${progress}`;
}
