import { aiStats } from "@latchhook/core/providers/ai-stats";
import { aiStatsPayload, providerContract, signAiStats } from "@latchhook/testing";
import { describe, it } from "vitest";
import { signatureVectors } from "../support/signature-vectors.ts";

const jobId = "video_01";

for (const headerFamily of ["ai-stats", "phaseo"] as const) {
  describe(`aiStats, x-${headerFamily} headers`, () => {
    const cases = providerContract({
      provider: (secret) => aiStats({ secret }),
      secrets: ["whsec_first-of-two", "whsec_second-of-two"],
      sign: (content) => signAiStats({ ...content, headerFamily }),
      requiredHeaders: [`x-${headerFamily}-signature`, `x-${headerFamily}-timestamp`],
      caseInsensitiveHeaders: [`x-${headerFamily}-signature`],
      samples: [
        sample({ type: "video.completed", jobId }, "completed"),
        sample({ type: "video.completed", jobId: "video_02" }, "completed"),
        sample({ type: "video.failed", jobId }, "failed"),
        sample({ type: "video.created", jobId }, "queued"),
        sample({ type: "video.cancelled", jobId }, "cancelled"),
        sample({ type: "video.expired", jobId }, "expired"),
        sample({ type: "video.progress", jobId, progress: 50 }, "processing"),
        sample({ type: "video.progress", jobId, progress: 60 }, "processing"),
        sample({ type: "video.status_changed", jobId }, "processing"),
        sample({ type: "batch.completed", jobId }, "completed"),
        sample({ type: "video.completed", jobId, version: "2026-04" }, "completed"),
        sample({ type: "video.progress", jobId, progress: 50, version: "2026-04" }, "processing"),
        sample({ type: "audio.completed", jobId }, "completed", false),
      ],
      vectors: signatureVectors["ai-stats"].map(({ secret, timestamp, body, signature }, index) => ({
        name: `published vector ${index}`,
        secret,
        headers: {
          [`x-${headerFamily}-timestamp`]: timestamp,
          [`x-${headerFamily}-signature`]: signature,
        },
        body,
        receivedAt: Number(timestamp) * 1000,
      })),
    });
    for (const { name, run } of cases) it(name, run);
  });
}

type PayloadOptions = NonNullable<Parameters<typeof aiStatsPayload>[0]>;

function sample(options: PayloadOptions, status: string, known = true) {
  const type = options.type ?? "";
  return {
    name: [type, options.jobId, options.progress, options.version].join(" "),
    attempts: [1, 2, 3].map((attempt) =>
      aiStatsPayload({ ...options, attempt, createdAt: 1_790_000_000 + attempt * 60 }),
    ) as [object, object, ...object[]],
    type,
    known,
    job: { id: options.jobId ?? "", status },
  };
}
