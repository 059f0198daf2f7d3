import { verifyWebhook } from "@latchhook/core";
import { synthesia } from "@latchhook/core/providers/synthesia";
import { providerContract, signSynthesia } from "@latchhook/testing";
import { describe, expect, it } from "vitest";

const secret = "a-secret-of-one-webhook";

describe("synthesia", () => {
  const cases = providerContract({
    provider: (given) => synthesia({ secret: given }),
    secrets: [secret, "another-secret-of-a-webhook"],
    sign: signSynthesia,
    requiredHeaders: ["synthesia-signature", "synthesia-timestamp"],
    caseInsensitiveHeaders: ["synthesia-signature"],
    samples: [
      sample("video.completed", { id: "v1", status: "complete" }, "completed"),
      sample("video.failed", { id: "v1", status: "error" }, "failed"),
      sample("video.failed", { id: "v2", status: "rejected" }, "failed"),
      sample("video.completed", { id: "v3", status: "in_progress" }, "completed"),
      sample("video.completed", { id: "v1", status: "complete", lastUpdatedAt: 1_790_000_999 }, "completed"),
      { ...sample("video.started", { id: "v4", status: "in_progress" }, "processing"), known: false },
      { ...sample("video.started", { id: "v5", status: "complete" }, "completed"), known: false },
      { ...sample("video.started", { id: "v6", status: "new" }), known: false },
      { ...sample("video.completed", { status: "complete" }), known: false },
    ],
  });
  for (const { name, run } of cases) it(name, run);

  it("the video is the data, and the delivery key the id", async () => {
    const [body] = sample("video.completed", { id: "v1", callbackId: "mine" }).attempts;
    const result = await verifyWebhook(synthesia({ secret }), signSynthesia({ secret, body }));
    expect(result).toMatchObject({
      ok: true,
      event: { data: body.data, occurredAt: new Date(1_790_000_000_000) },
    });
    expect(result.ok && result.event.id === result.key).toBe(true);
  });
});

/** URLs are signed anew, so that the bodies of two attempts may differ. */
function sample(type: string, data: Readonly<Record<string, unknown>>, status?: string) {
  const attempt = (download: string) => ({ type, data: { lastUpdatedAt: 1_790_000_000, ...data, download } });
  return {
    name: `${type} ${JSON.stringify(data)}`,
    attempts:
      data.id === undefined
        ? twice(attempt("https://a"))
        : ([attempt("https://a"), attempt("https://b")] as const),
    type,
    known: true,
    job: status === undefined ? null : { id: String(data.id), status },
  };
}

function twice<Body>(body: Body) {
  return [body, body] as const;
}
