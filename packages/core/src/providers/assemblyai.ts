import { defineSender, type SenderReading } from "../define-sender.ts";
import { LatchhookError } from "../errors.ts";
import { toJob } from "../event.ts";
import type { Provider } from "../provider.ts";
import type { ParsedObject } from "../reading/json.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { sharedSecret } from "../signatures/shared-secret.ts";
import { type AssemblyaiEvent, assemblyaiEvents } from "./assemblyai/payloads.ts";

export * from "./assemblyai/payloads.ts";

export interface AssemblyaiOptions {
  /** The header that you chose, as `webhook_auth_header_name` of your requests, in any case. */
  readonly header: string;
  /** Its value, `webhook_auth_header_value` of your requests. Default: the environment's `ASSEMBLYAI_WEBHOOK_SECRET`. */
  readonly secret?: SecretOption | undefined;
}

/**
 * AssemblyAI. Nothing is signed: it sends back a secret in a header, both of which you choose. Nothing binds the body
 * to it, and nothing limits a replay in time: take the id, and fetch the transcript. Any 4xx ends its retries, the 401
 * of a wrong secret too.
 *
 * @throws LatchhookError `missing-secret`, `invalid-secret`, or `invalid-option` for a header that cannot be.
 */
export function assemblyai(options: AssemblyaiOptions): Provider<AssemblyaiEvent> {
  return defineSender({
    name: "assemblyai",
    signature: sharedSecret({
      provider: "assemblyai",
      secret: options.secret,
      environmentVariable: "ASSEMBLYAI_WEBHOOK_SECRET",
      place: { header: checkedHeader(options.header) },
    }),
    // Documented: 10 s, and 10 attempts in all. The pause is told as 10 s.
    policy: { timeoutMs: 10_000, shortestRetryGapMs: 10_000, retryHorizonMs: 200_000, maxAttempts: 10 },
    events: assemblyaiEvents,
    read: (content) => ({ data: content.value, undated: true, ...meaning(content) }),
  });
}

function meaning({ value, text }: ParsedObject): Pick<SenderReading, "type" | "job" | "identity"> {
  const { transcript_id: transcript, session_id: session, status } = value;
  if (typeof transcript === "string" && (status === "completed" || status === "error")) {
    return {
      type: `transcript.${status}`,
      job: toJob(transcript, status === "error" ? "failed" : status),
      identity: ["transcript", transcript, status],
    };
  }
  if (typeof session === "string") {
    const identity = ["session", session];
    return { type: "session.completed", job: toJob(session, "completed"), identity };
  }
  return { type: status === "redacted_audio_ready" ? "redacted_audio.ready" : "", identity: ["body", text] };
}

function checkedHeader(header: string): string {
  if (typeof header === "string" && /^[a-z0-9!#$%&'*+.^_`|~-]+$/i.test(header)) return header.toLowerCase();
  throw new LatchhookError(
    "invalid-option",
    'assemblyai: header must be the name that you pass as webhook_auth_header_name: { header: "x-webhook-secret" }.',
  );
}
