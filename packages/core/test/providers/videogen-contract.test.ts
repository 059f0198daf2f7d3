import { videogen } from "@latchhook/core/providers/videogen";
import { providerContract, signVideogen, videogenPayload } from "@latchhook/testing";
import { describe, it } from "vitest";
import { signatureVectors } from "../support/signature-vectors.ts";

const occurredAt = 1_790_000_000;

describe("videogen", () => {
  const cases = providerContract({
    provider: (secret) => videogen({ secret }),
    secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"],
    sign: signVideogen,
    requiredHeaders: ["webhook-id", "webhook-timestamp", "webhook-signature"],
    listHeaders: ["webhook-signature"],
    samples: [
      sample("tool_execution.succeeded", "completed"),
      sample("tool_execution.failed", "failed"),
      sample("workflow_run.cancelled", "cancelled"),
      sample("project_export.succeeded", "completed"),
      sample("assistant_message.failed", "failed"),
      sample("file.upload.completed", "completed"),
      sample("file.upload.failed", "failed"),
      sample("file.playback_ready", "completed"),
      sample("file.download_ready", "completed"),
      sample("file.analysis_completed", "completed"),
      sample("file.analysis_failed", "failed"),
      { ...sample("avatar.succeeded", "completed", false), job: null },
    ],
    vectors: signatureVectors["standard-webhooks-v1"].map(
      ({ secret, id, timestamp, body, signature, source }) => ({
        name: source,
        secret,
        headers: { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature },
        body,
        receivedAt: Number(timestamp) * 1000,
      }),
    ),
  });
  for (const { name, run } of cases) it(name, run);
});

function sample(event: string, status: string, known = true) {
  const jobId = `job of ${event}`;
  const payload = videogenPayload({ event, jobId, occurredAt });
  return {
    name: event,
    attempts: [payload, payload] as const,
    type: event,
    known,
    job: { id: jobId, status },
  };
}
