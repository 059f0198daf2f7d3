import { inspect } from "node:util";
import { aiStatsEndpoints, aiStatsJobs } from "@latchhook/jobs";
import { startSandbox } from "@latchhook/sandbox";
import { describe, expect, test } from "vitest";
import { atEnd } from "../support/cleanups.ts";
import { json, rawServer } from "../support/raw-server.ts";

const managementKey = "mgmt_5a0d17c2e9";
const apiKey = "key_2f9b6c71c44e";
const url = "http://127.0.0.1:9/hook";
const video = { model: "google/veo-3", prompt: "A paper boat" };

async function sandboxWith(options: Parameters<typeof startSandbox>[0] = {}) {
  const sandbox = await startSandbox({ apiKey, managementKey, version: "2026-08", speed: 100, ...options });
  atEnd(() => sandbox.close());
  return {
    sandbox,
    baseUrl: sandbox.url,
    endpoints: aiStatsEndpoints({ managementKey, baseUrl: sandbox.url }),
  };
}

async function made(endpoints: ReturnType<typeof aiStatsEndpoints>, more = {}) {
  const created = await endpoints.create({ url, ...more });
  if (!created.ok) throw new Error(created.error.message);
  return created;
}

describe("aiStatsEndpoints", () => {
  test("creates, lists, gets, updates, rotates and deletes", async () => {
    const { endpoints } = await sandboxWith();
    const { endpoint, signingSecret } = await made(endpoints, { name: "app", events: ["video.completed"] });
    expect(signingSecret).toMatch(/^whsec_[\w-]{43}$/);
    expect(endpoint).toMatchObject({
      name: "app",
      url,
      status: "active",
      events: ["video.completed"],
      hasSecret: true,
    });
    expect(endpoint.createdAt).toBeInstanceOf(Date);
    const { id } = endpoint;
    expect(await endpoints.get(id)).toEqual({ ok: true, endpoint });
    const other = await made(endpoints);
    expect(await endpoints.list()).toMatchObject({
      ok: true,
      endpoints: [{ id: other.endpoint.id }, { id }],
    });
    expect(await endpoints.list({ limit: 1, offset: 1 })).toMatchObject({ ok: true, endpoints: [{ id }] });
    const updated = await endpoints.update(id, { status: "disabled", name: "old" });
    expect(updated).toMatchObject({ ok: true, endpoint: { status: "disabled", name: "old", url } });
    const rotated = await endpoints.rotateSecret(id);
    expect(rotated.ok && rotated.signingSecret).toMatch(/^whsec_/);
    expect(rotated.ok && rotated.signingSecret).not.toBe(signingSecret);
    expect(await endpoints.delete(id)).toEqual({ ok: true, id });
    expect(await endpoints.get(id)).toMatchObject({
      ok: false,
      error: { code: "not-found", reason: "not_found" },
    });
    expect(await endpoints.list({ includeDeleted: true })).toMatchObject({
      ok: true,
      endpoints: [{ id: other.endpoint.id }, { id, status: "deleted", deletedAt: expect.any(Date) }],
    });
  });

  test("the secret is there for whoever asks for it, and for nobody who prints, spreads or answers the result", async () => {
    const { endpoints } = await sandboxWith();
    const created = await made(endpoints);
    const rotated = await endpoints.rotateSecret(created.endpoint.id);
    for (const result of [created, rotated]) {
      if (!result.ok) throw new Error(result.error.message);
      const { signingSecret } = result;
      expect(signingSecret).toMatch(/^whsec_/);
      const shown = [
        ...[
          inspect(result),
          inspect(result, { depth: 9, showHidden: true }),
          JSON.stringify(result),
          String(result),
        ],
        ...[
          JSON.stringify({ ...result }),
          JSON.stringify(Object.assign({}, result)),
          inspect({ nested: [result] }),
        ],
        ...[JSON.stringify(structuredClone(result)), Object.values(result).join()],
      ];
      expect(shown.join("\n")).not.toContain(signingSecret);
    }
    expect(JSON.stringify(await endpoints.list())).not.toMatch(/whsec_/);
  });

  test("refusals are values that say why, and quote no key", async () => {
    const { endpoints, baseUrl } = await sandboxWith();
    const results = [
      await endpoints.create({ url: "ftp://app.example.com/" }),
      await aiStatsEndpoints({ managementKey, baseUrl, development: false }).create({ url }),
      await endpoints.create({ url, events: "video.completed" as never }),
      await endpoints.create({} as never),
      await aiStatsEndpoints({ managementKey: apiKey, baseUrl }).list(),
      await endpoints.get("../x"),
    ];
    expect(results.map((result) => (result.ok ? "ok" : result.error.code))).toEqual([
      ...Array(4).fill("invalid-subscription"),
      "unauthorized",
      "invalid-id",
    ]);
    expect(JSON.stringify(results)).not.toContain(managementKey);
  });

  test("a URL that the sender refuses: its own reason", async () => {
    const refusal = { type: "validation_error", message: "Invalid webhook endpoint URL." };
    const { url: baseUrl } = await rawServer((response) =>
      json(response, 400, {
        error: { ...refusal, details: { reason: "webhook_url_dns_resolution_failed" } },
      }),
    );
    const result = await aiStatsEndpoints({ managementKey, baseUrl }).create({
      url: "https://nobody.example.com/",
    });
    expect(result).toMatchObject({
      ok: false,
      error: { code: "refused", status: 400, retryable: false, reason: "webhook_url_dns_resolution_failed" },
    });
  });

  test.each([
    ["no secret", { id: "we_1" }],
    ["a secret that is no text", { id: "we_1", signing_secret: 7 }],
    ["no id", { signing_secret: "whsec_x" }],
  ])("an answer with %s is no endpoint, and is not asked for again by itself", async (_name, body) => {
    const { url: baseUrl } = await rawServer((response) => json(response, 201, body));
    const result = await aiStatsEndpoints({ managementKey, baseUrl }).create({
      url: "https://app.example.com/",
    });
    expect(result).toMatchObject({ ok: false, error: { code: "malformed-response", retryable: false } });
    expect(inspect(result, { depth: 9 })).not.toContain("whsec_x");
  });
});

describe("a job's subscription", () => {
  test("by endpoint_id is taken since August 2026, and answered 202", async () => {
    const { sandbox, baseUrl, endpoints } = await sandboxWith();
    const { endpoint } = await made(endpoints);
    const webhook = { endpoint_id: endpoint.id, events: ["job.completed", "job.expired"] };
    const created = await aiStatsJobs({ apiKey, baseUrl }).create({ ...video, webhook });
    expect(created).toMatchObject({ ok: true, job: { status: "queued", kind: "video" }, warnings: [] });
    expect(sandbox.jobs[0]?.request.webhook).toEqual(webhook);
  });

  test("without events leaves them to the endpoint", async () => {
    const { sandbox, baseUrl, endpoints } = await sandboxWith();
    const { endpoint } = await made(endpoints);
    await aiStatsJobs({ apiKey, baseUrl }).create({ ...video, webhook: { endpoint_id: endpoint.id } });
    expect(sandbox.jobs[0]?.request.webhook).toEqual({ endpoint_id: endpoint.id });
  });

  test.each([
    ["2026-08", { url, secret: "whsec_x" }, "aiStatsEndpoints()"],
    ["2026-06", { endpoint_id: "we_1" }, "{ url, secret }"],
    ["2026-08", { endpoint_id: "we_1" }, "check that the endpoint exists"],
  ] as const)(
    "that a deployment of %s does not take (%j) → refused, with what to pass",
    async (version, webhook, hint) => {
      const { baseUrl } = await sandboxWith({ version });
      const result = await aiStatsJobs({ apiKey, baseUrl }).create({ ...video, webhook });
      expect(result).toMatchObject({ ok: false, error: { code: "refused", status: 400, retryable: false } });
      expect(result).toMatchObject({ error: { message: expect.stringContaining(hint) } });
      expect(JSON.stringify(result)).not.toContain("whsec_x");
    },
  );

  test.each(["2026-04", "2026-06"] as const)(
    "inline is still taken by a deployment of %s",
    async (version) => {
      const { baseUrl } = await sandboxWith({ version });
      const webhook = { url, secret: "whsec_x" };
      expect(await aiStatsJobs({ apiKey, baseUrl }).create({ ...video, webhook })).toMatchObject({
        ok: true,
      });
    },
  );

  test.each([
    [{ endpoint_id: " " }, "endpoint-id-not-text"],
    [{ endpoint_id: 7 }, "endpoint-id-not-text"],
    [{ endpoint_id: "we_1", url }, "endpoint-with-url"],
    [{ endpoint_id: "we_1", secret: "whsec_x" }, "endpoint-with-url"],
    [{ endpoint_id: "we_1", events: ["batch.failed"] }, "events-none-valid"],
  ])("%j is not sent", async (webhook, rule) => {
    const { url: baseUrl, seen } = await rawServer((response) => json(response, 202, {}));
    const result = await aiStatsJobs({ apiKey, baseUrl }).create({ ...video, webhook: webhook as never });
    expect(result).toMatchObject({ ok: false, error: { code: "invalid-subscription" } });
    expect(result).toMatchObject({
      error: { message: expect.stringMatching(rule.startsWith("events") ? /valid/ : rule) },
    });
    expect([seen, JSON.stringify(result).includes("whsec_x")]).toEqual([[], false]);
  });
});
