import { verifyWebhook } from "@latchhook/core";
import { firecrawl } from "@latchhook/core/providers/firecrawl";
import { providerContract, signFirecrawl } from "@latchhook/testing";
import { describe, expect, it } from "vitest";

const secret = "secret-of-an-account-of-firecrawl";

describe("firecrawl", () => {
  const cases = providerContract({
    provider: (given) => firecrawl({ secret: given }),
    secrets: [secret, "another-secret-of-an-account"],
    sign: signFirecrawl,
    requiredHeaders: ["x-firecrawl-signature"],
    caseInsensitiveHeaders: ["x-firecrawl-signature"],
    toleranceSeconds: null,
    samples: [
      sample("crawl.started", "processing"),
      sample("crawl.page", "processing"),
      sample("crawl.completed", "completed"),
      sample("batch_scrape.completed", "completed"),
      sample("extract.failed", "failed"),
      sample("agent.action", "processing"),
      sample("agent.cancelled", "cancelled"),
      sample("monitor.page", null),
      sample("monitor.check.completed", null),
      { ...sample("new_of_theirs.completed", "completed"), known: false },
    ],
  });
  for (const { name, run } of cases) it(name, run);
});

describe("deliveries of Firecrawl", () => {
  const keyOf = async (body: object) => {
    const result = await verifyWebhook(firecrawl({ secret }), signFirecrawl({ secret, body }));
    return result.ok ? result.key : result.reason;
  };

  it("are told by their webhookId: two pages of one crawl are two", async () => {
    const page = { ...payload("crawl.page"), data: [{ markdown: "one" }] };
    const first = await keyOf(page);
    expect(await keyOf({ ...page, metadata: { anything: "else" } })).toBe(first);
    expect(await keyOf({ ...page, webhookId: "another" })).not.toBe(first);
  });

  it("without one are told by the body", async () => {
    const { webhookId: _none, ...page } = payload("crawl.page");
    expect(await keyOf({ ...page, data: [1] })).not.toBe(await keyOf({ ...page, data: [2] }));
  });
});

function payload(type: string) {
  return { success: true, type, id: "crawl_1", webhookId: `delivery of ${type}`, data: [], metadata: {} };
}

function sample(type: string, status: string | null) {
  const job = status === null ? null : { id: "crawl_1", status };
  return { name: type, attempts: [payload(type), payload(type)] as const, type, known: true, job };
}
