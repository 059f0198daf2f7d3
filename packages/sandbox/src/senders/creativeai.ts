import { randomBytes } from "node:crypto";
import { signCreativeai } from "@latchhook/testing";
import type { Schedule } from "../delivery/outgoing.ts";
import { loopbackUrl } from "../http/loopback-url.ts";
import { type Call, errorReply, type Reply } from "../http/router.ts";
import type { JobChange, SandboxJob } from "../job.ts";
import type { SandboxHost, SandboxSender } from "../sender.ts";
import { wishOf } from "../settings.ts";

/** Documented: 10 s; attempts at 0, 5 and 30 s. */
const schedule: Schedule = { timeoutMs: 10_000, gapsMs: [5_000, 25_000] };
/** Older than a receiver believes by default. */
const staleMs = 8 * 86_400_000;

export interface CreativeaiSender extends SandboxSender {
  readonly jobs: ReadonlyMap<string, SandboxJob>;
  announce(job: SandboxJob, step: JobChange): void;
}

/** CreativeAI: video generations, and one webhook per generation, signed with the account's API key. */
export function creativeaiSender(host: SandboxHost): CreativeaiSender {
  const jobs = new Map<string, SandboxJob>();

  function announce(job: SandboxJob, step: JobChange): void {
    const url = loopbackUrl(job.request.webhook_url);
    if (url === undefined || job.endedAt === null || step.change === "progress") return;
    const status = statusOf(job) === "completed" ? "completed" : "failed";
    host.deliver({
      sender: "creativeai",
      jobId: job.id,
      type: `video.generation.${status}`,
      url,
      schedule,
      last: true,
      metadataHeader: "x-creativeai-delivery-id",
      sign(_attempt, stale) {
        const ended = job.endedAt ?? new Date();
        const completedAt = stale ? new Date(ended.getTime() - staleMs) : ended;
        const data = { ...toGeneration(job, host.origin()), completed_at: completedAt.toISOString() };
        return signCreativeai({ secret: job.apiKey, generationId: job.id, status, data });
      },
    });
  }

  function create({ apiKey, body }: Call): Reply {
    if (!host.accepts(apiKey)) return errorReply(401, "unauthorized", "invalid_api_key");
    if (typeof body.model !== "string" || typeof body.prompt !== "string") {
      return errorReply(422, "validation_error", "model_and_prompt_required");
    }
    if (body.webhook_url !== undefined && loopbackUrl(body.webhook_url) === undefined) {
      return errorReply(422, "validation_error", "the sandbox delivers to http URLs of this machine only");
    }
    const job: SandboxJob = {
      ...{ sender: "creativeai", kind: "video", id: `gen_${randomBytes(12).toString("hex")}`, apiKey },
      ...{ projectId: null, version: null, request: body },
      ...{ createdAt: new Date(), status: "queued", progress: 0, endedAt: null },
    };
    const { life } = wishOf(host.settings(), body.sandbox);
    jobs.set(job.id, job);
    host.start(job, life, (step) => announce(job, step));
    return { status: 202, json: toGeneration(job, host.origin()) };
  }

  function show({ apiKey, parameters }: Call): Reply {
    if (!host.accepts(apiKey)) return errorReply(401, "unauthorized", "invalid_api_key");
    const job = jobs.get(parameters[0] ?? "");
    if (job === undefined || job.apiKey !== apiKey)
      return errorReply(404, "not_found", "generation_not_found");
    return { status: 200, json: toGeneration(job, host.origin()) };
  }

  return {
    jobs,
    announce,
    routes: [
      { method: "POST", path: /^\/v1\/video\/generations$/, handle: create },
      { method: "GET", path: /^\/v1\/video\/generations\/([^/]+)$/, handle: show },
    ],
  };
}

/** It has no cancelled and no expired generations: both are failures. */
function statusOf({ status }: SandboxJob): "pending" | "processing" | "completed" | "failed" {
  if (status === "queued") return "pending";
  return status === "processing" || status === "completed" ? status : "failed";
}

function toGeneration(job: SandboxJob, origin: string): Record<string, unknown> {
  const status = statusOf(job);
  const completed = status === "completed";
  return {
    id: job.id,
    object: "video.generation",
    status,
    model: job.request.model,
    model_actual: job.request.model,
    prompt: job.request.prompt,
    output_url: completed ? `${origin}/outputs/${job.id}.mp4` : null,
    error_message:
      status === "failed"
        ? `The generation ${job.status === "failed" ? "failed" : `was ${job.status}`}.`
        : null,
    credits: completed ? 40 : 0,
    failover_used: false,
    completed_at: job.endedAt?.toISOString() ?? null,
  };
}
