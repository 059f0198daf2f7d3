import { randomBytes } from "node:crypto";
import { signAiStats } from "@latchhook/testing";
import type { Outgoing, Schedule } from "../delivery/outgoing.ts";
import { type Call, errorReply, type Reply } from "../http/router.ts";
import { hasEnded, type JobChange, type SandboxJob } from "../job.ts";
import type { SandboxHost, SandboxSender } from "../sender.ts";
import { lifeOf } from "../settings.ts";
import { aiStatsDeliveryState, aiStatsVideoResponse } from "./ai-stats-response.ts";
import { type AiStatsSubscription, readSubscription } from "./ai-stats-subscription.ts";
import { downloadLink, isDownloadLink } from "./download-link.ts";

/** Observed: 30 s to the response headers; retries after 60 s, 5 min and 15 min. */
const schedule: Schedule = { timeoutMs: 30_000, gapsMs: [60_000, 300_000, 900_000] };
const staleSeconds = 301;
const videoPath = "/v1/videos/([^/]+)";

export interface AiStatsSender extends SandboxSender {
  readonly jobs: ReadonlyMap<string, SandboxJob>;
  /** Tells the subscriber of a step that was made from outside. */
  announce(job: SandboxJob, step: JobChange): void;
}

/** AI Stats (Phaseo): video jobs, their content, and webhooks per job. */
export function aiStatsSender(host: SandboxHost): AiStatsSender {
  const jobs = new Map<string, SandboxJob>();
  const subscriptions = new Map<string, AiStatsSubscription>();

  function announce(job: SandboxJob, step: JobChange): void {
    const subscription = subscriptions.get(job.id);
    // Since August 2026 a delivery without a secret is never sent.
    if (subscription?.secret === undefined || !subscription.phases.has(step.change)) return;
    host.deliver(toOutgoing(job, step, subscription.url, subscription.secret));
  }

  function toOutgoing(job: SandboxJob, step: JobChange, url: URL, secret: string): Outgoing {
    const type = `video.${step.change}`;
    const { headerFamily } = host.settings();
    return {
      sender: "ai-stats",
      jobId: job.id,
      type: step.change === "progress" ? `${type}:${step.progress}` : type,
      url,
      schedule,
      last: step.change !== "created" && step.change !== "progress",
      metadataHeader: `x-${headerFamily}-delivery-key`,
      sign: (attempt, stale) =>
        signAiStats({
          secret,
          type,
          jobId: job.id,
          attempt,
          headerFamily,
          version: host.settings().version,
          ...(step.change === "progress" ? { progress: step.progress } : {}),
          ...(stale ? { timestamp: Math.floor(Date.now() / 1000) - staleSeconds } : {}),
          data: { ...currentData(job), ...(step.change === "progress" ? { progress: step.progress } : {}) },
        }),
    };
  }

  /** What every attempt reads again: the job as it is now. */
  function currentData(job: SandboxJob): Record<string, unknown> {
    const shown = aiStatsVideoResponse(job, host.origin(), host.settings().speed);
    const { object, status, lifecycle_status, progress, model, ...rest } = shown;
    const { polling_url, content_url, download_url, expires_at, created_at } = rest;
    const webhook = webhookOf(job);
    return {
      ...{ object, status, lifecycle_status, progress, model, polling_url, content_url, download_url },
      ...{ expires_at, created_at, webhook, updated_at: (job.endedAt ?? new Date()).toISOString() },
    };
  }

  function webhookOf(job: SandboxJob): unknown {
    const subscription = subscriptions.get(job.id);
    return subscription === undefined ? undefined : aiStatsDeliveryState(job, subscription, host.records());
  }

  /** Runs `use` on the caller's own job; a job of another key is as unknown as one that never was. */
  function onJob(use: (job: SandboxJob, call: Call) => Reply): (call: Call) => Reply {
    return (call) => {
      if (!host.accepts(call.apiKey)) return errorReply(401, "unauthorized", "invalid_api_key");
      const job = jobs.get(call.parameters[0] ?? "");
      if (job === undefined || job.apiKey !== call.apiKey)
        return errorReply(404, "not_found", "video_not_found");
      return use(job, call);
    };
  }

  function show(job: SandboxJob): Reply {
    const webhook = webhookOf(job);
    return {
      status: 200,
      json: {
        ...aiStatsVideoResponse(job, host.origin(), host.settings().speed),
        ...(webhook ? { webhook } : {}),
      },
    };
  }

  function create({ apiKey, body }: Call): Reply {
    if (!host.accepts(apiKey)) return errorReply(401, "unauthorized", "invalid_api_key");
    if (typeof body.model !== "string" || typeof body.prompt !== "string") {
      return errorReply(400, "validation_error", "model_and_prompt_required");
    }
    const subscription = body.webhook === undefined ? undefined : readSubscription(body.webhook);
    if (typeof subscription === "string") return errorReply(400, "validation_error", subscription);
    const job: SandboxJob = {
      ...{ sender: "ai-stats", id: `G-${randomBytes(12).toString("hex")}`, apiKey, request: body },
      ...{ createdAt: new Date(), status: "queued", progress: 0, endedAt: null },
    };
    const life = lifeOf(host.settings(), body.sandbox);
    jobs.set(job.id, job);
    if (subscription !== undefined) subscriptions.set(job.id, subscription);
    host.start(job, life, (step) => announce(job, step));
    return show(job);
  }

  function cancel(job: SandboxJob): Reply {
    if (hasEnded(job)) return errorReply(409, "conflict", "video_already_ended");
    job.status = "cancelled";
    job.endedAt = new Date();
    announce(job, { change: "cancelled" });
    return show(job);
  }

  const exact = (path: string) => new RegExp(`^${path}$`);
  return {
    jobs,
    announce,
    routes: [
      { method: "POST", path: exact("/v1/videos"), handle: create },
      { method: "GET", path: exact(videoPath), handle: onJob(show) },
      { method: "POST", path: exact(`${videoPath}/cancel`), handle: onJob(cancel) },
      { method: "POST", path: exact(`${videoPath}/download_url`), handle: onJob(downloadUrl) },
      {
        method: "GET",
        path: exact(`${videoPath}/content`),
        handle(call) {
          const job = jobs.get(call.parameters[0] ?? "");
          return job !== undefined && isDownloadLink(call.query, job.id)
            ? content(job)
            : onJob(content)(call);
        },
      },
    ],
  };
}

function content(job: SandboxJob): Reply {
  if (job.status === "completed") {
    return { status: 200, bytes: Buffer.from(`sandbox video ${job.id}\n`), contentType: "video/mp4" };
  }
  const reasons: Readonly<Record<string, string>> = {
    cancelled: "video_cancelled",
    expired: "video_expired",
  };
  if (job.status === "failed") return errorReply(502, "upstream_error", "video_generation_failed");
  return errorReply(409, "not_ready", reasons[job.status] ?? "video_not_ready");
}

function downloadUrl(job: SandboxJob, { body, origin }: Call): Reply {
  if (job.status !== "completed") return content(job);
  const wanted = typeof body.ttl_seconds === "number" ? body.ttl_seconds : 900;
  const expiresAt = Math.floor(Date.now() / 1000) + Math.min(Math.max(Math.trunc(wanted), 60), 3_600);
  return {
    status: 200,
    json: { download_url: downloadLink(origin, job.id, expiresAt), expires_at: expiresAt },
  };
}
