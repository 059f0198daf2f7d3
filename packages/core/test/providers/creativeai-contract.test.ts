import { creativeai } from "@latchhook/core/providers/creativeai";
import { creativeaiPayload, providerContract, signCreativeai } from "@latchhook/testing";
import { describe, it } from "vitest";
import { signatureVectors } from "../support/signature-vectors.ts";

describe("creativeai", () => {
  const cases = providerContract({
    provider: (secret) => creativeai({ secret }),
    secrets: ["ck_live_first-of-two", "ck_live_second-of-two"],
    sign: signCreativeai,
    requiredHeaders: ["x-creativeai-signature"],
    caseInsensitiveHeaders: ["x-creativeai-signature"],
    toleranceSeconds: null,
    samples: [
      sample("gen_1", "completed"),
      sample("gen_1", "failed"),
      sample("vgen_2", "completed"),
      dubbing("completed"),
      dubbing("queued", false),
    ],
    vectors: signatureVectors["sha256-of-body"].map(({ secret, body, signature, source }) => ({
      name: source,
      secret,
      headers: { "x-creativeai-signature": signature },
      body,
      receivedAt: Date.now(),
    })),
  });
  for (const { name, run } of cases) it(name, run);
});

function sample(generationId: string, status: "completed" | "failed") {
  const payload = creativeaiPayload({ generationId, status });
  return {
    name: `${generationId} ${status}`,
    attempts: [payload, payload] as const,
    type: `video.generation.${status}`,
    known: true,
    job: { id: generationId, status },
  };
}

/** A kind of object that the sender has and that is not known in detail. */
function dubbing(status: string, hasJob = true) {
  const payload = { ...creativeaiPayload({ generationId: "dub_3" }), object: "dubbing", status };
  return {
    name: `dubbing ${status}`,
    attempts: [payload, payload] as const,
    type: `dubbing.${status}`,
    known: false,
    job: hasJob ? { id: "dub_3", status } : null,
  };
}
