import { assemblyai } from "@latchhook/core/providers/assemblyai";
import { type SignedWebhook, toBytes, type WebhookBody } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";

export interface SignAssemblyaiOptions {
  /** `webhook_auth_header_value`. */
  readonly secret: string;
  /** `webhook_auth_header_name`. Default: `x-webhook-secret`. */
  readonly header?: string | undefined;
  /** What is sent. Default: a transcript that is ready. */
  readonly body?: WebhookBody | undefined;
  /** The transcript's id, for the default body. */
  readonly transcriptId?: string | undefined;
  /** For the default body. Default: `completed`. */
  readonly status?: "completed" | "error" | undefined;
}

const transcript = (id = "transcript_01", status = "completed", data: object = {}) => ({
  transcript_id: id,
  status,
  ...data,
});

/**
 * A delivery of AssemblyAI: the secret as it is, in a header. Nothing is signed.
 *
 * @example
 * const signed = signAssemblyai({ secret, header: "x-webhook-secret", transcriptId: "transcript_1" });
 */
export function signAssemblyai(options: SignAssemblyaiOptions): SignedWebhook {
  const { secret, header = "x-webhook-secret", transcriptId, status } = options;
  return {
    method: "POST",
    headers: { "content-type": "application/json", [header.toLowerCase()]: secret.trim() },
    body: toBytes(options.body ?? transcript(transcriptId, status)),
  };
}

/** The row of the table of senders. */
export function assemblyaiSender(): Sender {
  const secrets = ["first-of-two-for-assemblyai", "second-of-two-for-assemblyai"] as const;
  return {
    name: "assemblyai",
    title: "AssemblyAI",
    factory: "assemblyai",
    provider: "assemblyai",
    environmentVariable: "ASSEMBLYAI_WEBHOOK_SECRET",
    signedContent: "nothing: a secret in a header that you choose",
    makeProvider: ({ secret }) => assemblyai({ secret, header: "x-webhook-secret" }),
    secrets,
    signatureHeader: "x-webhook-secret",
    unsignedBody: true,
    payload: (jobId) => transcript(jobId),
    sign: ({ secret = secrets[0], body, jobId, type, data } = {}) =>
      signAssemblyai({ secret, body: body ?? transcript(jobId, type?.replace("transcript.", ""), data) }),
  };
}
