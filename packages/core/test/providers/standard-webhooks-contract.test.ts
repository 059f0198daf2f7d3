import { standardWebhooks } from "@latchhook/core/providers/standard-webhooks";
import { providerContract, signStandardWebhooks } from "@latchhook/testing";
import { describe, it } from "vitest";
import { signatureVectors } from "../support/signature-vectors.ts";

for (const headerPrefix of ["webhook", "svix"] as const) {
  describe(`standardWebhooks, ${headerPrefix}- headers`, () => {
    const cases = providerContract({
      provider: (secret) => standardWebhooks({ secret, headerPrefix }),
      secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"],
      sign: (content) => signStandardWebhooks({ ...content, headerPrefix }),
      requiredHeaders: [`${headerPrefix}-id`, `${headerPrefix}-timestamp`, `${headerPrefix}-signature`],
      listHeaders: [`${headerPrefix}-signature`],
      samples: [
        sample("invoice.paid", { type: "invoice.paid", data: { id: "inv_1" } }),
        sample("", { nothing: "that is known" }),
      ],
      vectors: signatureVectors["standard-webhooks-v1"].map(
        ({ secret, id, timestamp, body, signature, source }) => ({
          name: source,
          secret,
          headers: {
            [`${headerPrefix}-id`]: id,
            [`${headerPrefix}-timestamp`]: timestamp,
            [`${headerPrefix}-signature`]: signature,
          },
          body,
          receivedAt: Number(timestamp) * 1000,
        }),
      ),
    });
    for (const { name, run } of cases) it(name, run);
  });
}

function sample(type: string, body: object) {
  return { name: type || "no type", attempts: [body, body] as const, type, known: true, job: null };
}
