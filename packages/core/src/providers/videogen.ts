import * as v from "valibot";
import { type JobStatus, type KnownEvent, toJob, type UnknownEvent, type UnknownType } from "../event.ts";
import { defineProvider, type Provider } from "../provider.ts";
import { dateFromSeconds, type JsonObject, parseJsonObject, stringMember } from "../reading/json.ts";
import { readHeader } from "../request/headers.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { standardWebhooksSignature } from "../signatures/standard-webhooks-signature.ts";
import { repeatHorizonMs, resolveTolerance } from "../signatures/timestamp.ts";

export interface VideogenOptions {
  /** The endpoint's `signingSecret`, `whsec_` and base64. Default: the environment's `VIDEOGEN_WEBHOOK_SECRET`. */
  readonly secret?: SecretOption | undefined;
  /** How far the signed timestamp may be from the clock, either way, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
}

const text = v.nullish(v.string());
const error = v.nullish(v.looseObject({ message: text, code: text, requirement: text }));
const file = v.nullish(v.looseObject({}));

const toolExecution = v.looseObject({
  toolExecutionId: v.string(),
  toolType: text,
  results: v.nullish(v.array(v.looseObject({ fileId: text, type: text, file }))),
  error,
});
const workflowRun = v.looseObject({
  workflowRunId: v.string(),
  workflowType: text,
  projectId: text,
  projectUrl: text,
  error,
});
const projectExport = v.looseObject({ exportId: v.string(), projectId: text, exportFileId: text, error });
const assistantMessage = v.looseObject({ messageId: v.string(), message: v.nullish(v.unknown()), error });
const fileChange = v.looseObject({ fileId: v.string(), file, error });

type Ended = "succeeded" | "failed" | "cancelled";
type FileChange =
  | "upload.completed"
  | "upload.failed"
  | "playback_ready"
  | "download_ready"
  | "analysis_completed"
  | "analysis_failed";

/** VideoGen's events. `data` is the whole signed body; file URLs in it are signed, so do not log it. */
export type VideogenEvent =
  | KnownEvent<`tool_execution.${Ended}`, v.InferOutput<typeof toolExecution>>
  | KnownEvent<`workflow_run.${Ended}`, v.InferOutput<typeof workflowRun>>
  | KnownEvent<`project_export.${Ended}`, v.InferOutput<typeof projectExport>>
  | KnownEvent<`assistant_message.${Ended}`, v.InferOutput<typeof assistantMessage>>
  | KnownEvent<`file.${FileChange}`, v.InferOutput<typeof fileChange>>
  | UnknownEvent;

/** Per kind of event: its schema, and the member that names its job. */
const kinds = {
  tool_execution: { schema: toolExecution, id: "toolExecutionId" },
  workflow_run: { schema: workflowRun, id: "workflowRunId" },
  project_export: { schema: projectExport, id: "exportId" },
  assistant_message: { schema: assistantMessage, id: "messageId" },
  file: { schema: fileChange, id: "fileId" },
} as const;

const endings: ReadonlyMap<string, JobStatus> = new Map<string, JobStatus>([
  ["succeeded", "completed"],
  ["completed", "completed"],
  ["ready", "completed"],
  ["failed", "failed"],
  ["cancelled", "cancelled"],
]);

/** VideoGen: Standard Webhooks `v1`. Its event name is the body's `event`. */
export function videogen(options: VideogenOptions = {}): Provider<VideogenEvent> {
  const toleranceSeconds = resolveTolerance("videogen", options.toleranceSeconds);
  return defineProvider<VideogenEvent>({
    name: "videogen",
    // Documented: 15 s, then exponential backoff. The schedule is not published; the specification's is assumed.
    policy: {
      timeoutMs: 15_000,
      shortestRetryGapMs: 5_000,
      retryHorizonMs: repeatHorizonMs(272_100_000, toleranceSeconds),
      maxAttempts: null,
    },
    ...standardWebhooksSignature({
      provider: "videogen",
      secret: options.secret,
      environmentVariable: "VIDEOGEN_WEBHOOK_SECRET",
      toleranceSeconds,
    }),
    read({ headers, body }) {
      const parsed = parseJsonObject(body);
      if (!parsed.ok) return parsed;
      const id = stringMember(readHeader(headers, "webhook-id"));
      return { ok: true, event: toEvent(id, parsed.value), identity: [id] };
    },
  });
}

function toEvent(id: string, data: JsonObject): VideogenEvent {
  const type = stringMember(data.event);
  const match =
    /^(tool_execution|workflow_run|project_export|assistant_message|file)\.(?:.+[._])?([a-z]+)$/.exec(type);
  const kind = match === null ? undefined : kinds[match[1] as keyof typeof kinds];
  const status = endings.get(match?.[2] ?? "");
  const base = {
    provider: "videogen",
    id,
    job: kind === undefined ? null : toJob(data[kind.id], status),
    occurredAt: dateFromSeconds(data.occurredAt),
  };
  const known = knownTypes.has(type) && kind !== undefined && v.is(kind.schema, data);
  return known
    ? ({ ...base, type, known, data } as VideogenEvent)
    : { ...base, type: type as UnknownType, known: false, data };
}

const knownTypes: ReadonlySet<string> = new Set([
  ...["tool_execution", "workflow_run", "project_export", "assistant_message"].flatMap((kind) =>
    ["succeeded", "failed", "cancelled"].map((ended) => `${kind}.${ended}`),
  ),
  "file.upload.completed",
  "file.upload.failed",
  "file.playback_ready",
  "file.download_ready",
  "file.analysis_completed",
  "file.analysis_failed",
] satisfies string[]);
