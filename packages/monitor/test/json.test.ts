import { memoryStore } from "@latchhook/core/stores/memory";
import { expect, test } from "vitest";
import { address, getJson, getPage, hookOf, pageOf, type Row, rowsOf } from "./support/page-server.ts";

test("the list has the members that it is documented with, and no others", async () => {
  const hook = hookOf();
  hook.failWith(new Error("told to fail"));
  await hook.send({ jobId: "job-1", attempt: 2 });
  const list = await getJson(pageOf([hook]), "?view=deliveries");
  expect(list).toEqual({
    deliveries: [
      {
        key: expect.stringMatching(/^[0-9a-f]{64}$/),
        provider: "ai-stats",
        scope: "",
        eventId: expect.stringContaining("job-1"),
        type: "video.completed",
        jobId: "job-1",
        jobStatus: "completed",
        state: "failed",
        requests: 1,
        runs: 1,
        replays: 0,
        lastOutcome: "persist-failed",
        lastStatus: 500,
        error: "told to fail",
        receivedAt: expect.stringMatching(/^\d{4}-.*Z$/),
        lastAt: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    ],
    next: null,
  });
});

test("a delivery has its attempts, the headers that are kept and its body, with secrets hidden", async () => {
  const hook = hookOf();
  hook.failWith(new Error("told to fail"));
  await hook.send({ jobId: "job-1" });
  const page = pageOf([hook]);
  const [row] = await rowsOf(page);
  const { delivery } = await getJson<{ delivery: Record<string, unknown> }>(
    page,
    `?view=delivery&key=${row?.key}`,
  );
  expect(delivery).toMatchObject({ ...row, headers: { "user-agent": expect.any(String) } });
  expect(delivery.attempts).toEqual([
    {
      at: expect.any(String),
      source: "http",
      outcome: "persist-failed",
      reason: null,
      status: 500,
      durationMs: expect.any(Number),
      senderAttempt: 1,
      error: "told to fail",
      actor: null,
    },
  ]);
  expect(delivery.body).toMatchObject({
    data: { id: "job-1", download_url: { hidden: expect.any(Number) } },
  });
});

test("a body that is not kept is null, and so is an unknown delivery", async () => {
  const hook = hookOf();
  await hook.send();
  const page = pageOf([hook]);
  const [row] = await rowsOf(page);
  expect(await getJson(page, `?view=delivery&key=${row?.key}`)).toMatchObject({ delivery: { body: null } });
  for (const key of ["", "nothing", "0".repeat(64)]) {
    expect(await getJson(page, `?view=delivery&key=${key}`)).toEqual({ delivery: null });
  }
});

test("refusals are counted by minute and reason", async () => {
  const hook = hookOf();
  for (let sent = 0; sent < 3; sent++) await hook.send({ secret: "whsec_b3RoZXItc2VjcmV0LWVudGlyZWx5" });
  expect(await getJson(pageOf([hook]), "?view=refused")).toEqual({
    refused: [
      {
        minute: expect.stringMatching(/:00\.000Z$/),
        provider: "ai-stats",
        scope: "",
        outcome: "unauthentic",
        reason: "signature-mismatch",
        count: 3,
      },
    ],
  });
});

test("the other views are JSON too", async () => {
  const hook = hookOf();
  hook.failWith(new TypeError("told to fail"));
  await hook.send();
  const page = pageOf([hook]);
  expect(await getJson(page, "?view=jobs")).toEqual({ jobs: [] });
  expect(await getJson(page, "?view=endpoints")).toMatchObject({
    endpoints: [{ provider: "ai-stats", store: { name: "memory" }, limits: { leaseMs: 4_000 } }],
  });
  expect(await getJson(page, "")).toMatchObject({
    overview: { senders: [{ failing: 1, handler: "failing" }] },
  });
  expect(await getJson(page, "?view=failed")).toMatchObject({
    failures: [{ error: "told to fail", failed: 1 }],
  });
  expect(await getJson(page, "?view=plan")).toMatchObject({ plan: { planned: 1, replayable: 1 } });
  expect(await getJson(page, "?view=nothing")).toMatchObject({ outcome: "unknown-view" });
});

test("pages skip none and repeat none, over several endpoints and within one millisecond", async () => {
  const store = memoryStore();
  const hooks = ["a", "b", "c"].map((scope) => hookOf({ scope, store }));
  await Promise.all(
    hooks.flatMap((hook, index) =>
      Array.from({ length: 7 + index * 4 }, (_, job) => hook.send({ jobId: `job-${index}-${job}` })),
    ),
  );
  const page = pageOf(hooks);
  const found: string[] = [];
  let before = "";
  for (let pages = 0; pages < 20; pages++) {
    const query = `?view=deliveries&limit=4${before}`;
    const { deliveries, next } = await getJson<{ deliveries: Row[]; next: string | null }>(page, query);
    found.push(...deliveries.map(({ key }) => key));
    if (next === null) break;
    before = `&before=${next}`;
  }
  expect(found).toHaveLength(33);
  expect(new Set(found).size).toBe(33);
});

test("each filter narrows the list", async () => {
  const hook = hookOf();
  await hook.send({ jobId: "done-1" });
  hook.failWith(new Error("told to fail"));
  await hook.send({ jobId: "failed-1", type: "video.failed" });
  const page = pageOf([hook]);
  const jobsOf = async (query: string) => (await rowsOf(page, query)).map(({ jobId }) => jobId);
  expect(await jobsOf("")).toEqual(["failed-1", "done-1"]);
  for (const query of [
    "&state=failed",
    "&type=video.failed",
    "&outcome=persist-failed",
    "&error=told%20to%20fail",
    "&search=failed-1",
    "&state=failed&provider=ai-stats&scope=&since=1h",
  ]) {
    expect(await jobsOf(query), query).toEqual(["failed-1"]);
  }
  for (const query of ["&provider=github", "&scope=other", "&until=1000", "&search=nothing", "&cause=0000"]) {
    expect(await jobsOf(query), query).toEqual([]);
  }
});

test("JSON is for whoever asks for it, a page for browsers", async () => {
  const page = pageOf([hookOf()]);
  const typeOf = async (accept: string, query = "") => {
    const response = await page(new Request(`${address}${query}`, { headers: { accept } }));
    return response.headers.get("content-type");
  };
  expect(await typeOf("application/json")).toContain("application/json");
  expect(await typeOf("application/json, */*")).toContain("application/json");
  expect(await typeOf("text/html,application/xhtml+xml,application/json;q=0.9")).toContain("text/html");
  expect(await typeOf("*/*")).toContain("text/html");
  expect(await typeOf("*/*", "?format=json")).toContain("application/json");
});

test("an endpoint whose options were not made yet is said to wait, and one without an inbox to keep nothing", async () => {
  const waiting = { inbox: undefined, describe: () => undefined };
  const page = pageOf([], { webhooks: [waiting] });
  expect(await getPage(page, "?view=overview")).toContain("Waiting for the first request");
  const without = hookOf({ inbox: undefined });
  expect(await getPage(pageOf([without]), "?view=endpoints")).toContain("keeps no inbox");
});
