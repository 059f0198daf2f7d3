import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import {
  aiStatsEndpoints,
  aiStatsJobs,
  creativeaiJobs,
  type HttpOptions,
  type JobErrorCode,
  type JobResult,
  videogenJobs,
  videogenWebhooks,
} from "@latchhook/jobs";
import { describe, expect, test } from "vitest";
import { json, rawServer } from "../support/raw-server.ts";

const apiKey = "key_2f9b6c71c44e";

/** A gigabyte, in chunks, for as long as someone reads it. */
async function flood(response: ServerResponse): Promise<void> {
  response.writeHead(200, { "content-type": "application/json" });
  const chunk = Buffer.alloc(65_536, 0x20);
  const gigabyte = Readable.from(Array.from({ length: 16_384 }, () => chunk));
  await pipeline(gigabyte, response).catch(() => {});
}

interface Hostility {
  readonly name: string;
  readonly answer: (response: ServerResponse) => unknown;
  readonly code: JobErrorCode;
  readonly retryable: boolean;
  readonly status?: number;
}

const hostilities: readonly Hostility[] = [
  { name: "500", answer: (r) => r.writeHead(500).end(), code: "unavailable", retryable: true, status: 500 },
  {
    name: "503 in HTML",
    answer: (r) => r.writeHead(503).end("<h1>no</h1>"),
    code: "unavailable",
    retryable: true,
  },
  { name: "200 in HTML", answer: (r) => r.end("<html>hello"), code: "malformed-response", retryable: true },
  {
    name: "half a JSON",
    answer: (r) => r.end('{"id":"j1","sta'),
    code: "malformed-response",
    retryable: true,
  },
  { name: "a JSON array", answer: (r) => r.end("[1]"), code: "malformed-response", retryable: true },
  { name: "nothing", answer: (r) => r.end(), code: "malformed-response", retryable: true },
  {
    name: "no id",
    answer: (r) => json(r, 200, { status: "queued" }),
    code: "malformed-response",
    retryable: true,
  },
  {
    name: "another job",
    answer: (r) => json(r, 200, { id: "j2", status: "queued" }),
    code: "malformed-response",
    retryable: true,
  },
  {
    name: "an unknown status",
    answer: (r) => json(r, 200, { id: "j1", status: "dreaming" }),
    code: "unknown-status",
    retryable: true,
  },
  { name: "1 GB", answer: flood, code: "too-large", retryable: true },
  {
    name: "1 GB announced, then silence",
    answer: (r) => r.writeHead(200, { "content-length": 1e9 }).write("{"),
    code: "timeout",
    retryable: true,
  },
  {
    name: "one byte at a time",
    async answer(r) {
      r.writeHead(200);
      for (let index = 0; index < 100 && !r.destroyed; index++) {
        r.write(" ");
        await pause(50);
      }
    },
    code: "timeout",
    retryable: true,
  },
  { name: "never", answer: () => {}, code: "timeout", retryable: true },
  { name: "a cut connection", answer: (r) => r.destroy(), code: "unreachable", retryable: true },
  {
    name: "a connection cut in mid-body",
    answer: (r) => r.writeHead(200, { "content-length": 50 }).write("{", () => r.destroy()),
    code: "unreachable",
    retryable: true,
  },
  { name: "404", answer: (r) => json(r, 404, { error: "not_found" }), code: "not-found", retryable: false },
  { name: "410", answer: (r) => r.writeHead(410).end(), code: "not-found", retryable: false },
  {
    name: "401",
    answer: (r) => json(r, 401, { error: "unauthorized" }),
    code: "unauthorized",
    retryable: false,
  },
  { name: "422", answer: (r) => json(r, 422, { detail: "no" }), code: "refused", retryable: false },
  { name: "429", answer: (r) => json(r, 429, {}), code: "rate-limited", retryable: true },
];

const sources = [
  ["aiStatsJobs", aiStatsJobs],
  ["creativeaiJobs", creativeaiJobs],
] as const;

describe.each(sources)("%s gets", (_name, source) => {
  test.each(hostilities)("$name → $code", async ({ answer, code, retryable, status }) => {
    const { url } = await rawServer(answer);
    const result = await source({ apiKey, baseUrl: url, timeoutMs: 300 }).get("j1");
    expect(result).toMatchObject({ ok: false, error: { code, retryable } });
    if (!result.ok && status !== undefined) expect(result.error.status).toBe(status);
    expect(JSON.stringify(result)).not.toContain(apiKey);
  });

  test("nobody at all", async () => {
    const result = await source({ apiKey, baseUrl: "http://127.0.0.1:9" }).get("j1");
    expect(result).toMatchObject({
      ok: false,
      error: { code: "unreachable", message: expect.stringMatching(/ECONNREFUSED|broke/) },
    });
  });

  test.each([301, 302, 307, 308])("a %d, which is not followed", async (status) => {
    const elsewhere = await rawServer((response) => json(response, 200, { id: "j1", status: "completed" }));
    const { url } = await rawServer((response) =>
      response.writeHead(status, { location: elsewhere.url }).end(),
    );
    const jobs = source({ apiKey, baseUrl: url });
    expect(await jobs.get("j1")).toMatchObject({ ok: false, error: { code: "redirected", status } });
    expect(await jobs.create({ model: "m", prompt: "p" })).toMatchObject({
      ok: false,
      error: { code: "redirected" },
    });
    expect(elsewhere.seen).toEqual([]);
  });

  test.each(["", ".", "..", "../../x", "a/../b", "..\\..\\x", "\ud800", "x".repeat(513)])(
    "no request for the id %j",
    async (id) => {
      const { url, seen } = await rawServer((response) => json(response, 200, { id, status: "completed" }));
      expect(await source({ apiKey, baseUrl: url }).get(id)).toMatchObject({
        ok: false,
        error: { code: "invalid-id" },
      });
      expect(seen).toEqual([]);
    },
  );

  test.each([
    ["https://elsewhere.example/x", "https%3A%2F%2Felsewhere.example%2Fx"],
    ["//elsewhere.example", "%2F%2Felsewhere.example"],
    ["j1?admin=1#top", "j1%3Fadmin%3D1%23top"],
    ["j1\r\nx: y", "j1%0D%0Ax%3A%20y"],
    ["日の出", "%E6%97%A5%E3%81%AE%E5%87%BA"],
    ["%2e%2e", "%252e%252e"],
  ])("the id %j within its own segment", async (id, encoded) => {
    const { url, seen } = await rawServer((response) => json(response, 200, { id, status: "completed" }));
    expect(await source({ apiKey, baseUrl: url }).get(id)).toMatchObject({ ok: true, job: { id } });
    expect(seen.map(({ path }) => path.slice(path.lastIndexOf("/") + 1))).toEqual([encoded]);
  });

  test("a polling_url, and never fetches it", async () => {
    const elsewhere = await rawServer((response) => json(response, 200, {}));
    const data = { id: "j1", status: "processing", polling_url: elsewhere.url, content_url: elsewhere.url };
    let polls = 0;
    const { url } = await rawServer((response) =>
      json(response, 200, ++polls < 3 ? data : { ...data, status: "completed" }),
    );
    expect(await source({ apiKey, baseUrl: url }).wait("j1", { intervalMs: 5 })).toMatchObject({ ok: true });
    expect([polls, elsewhere.seen.length]).toEqual([3, 0]);
  });

  test("an aborted signal, before and during the call", async () => {
    const { url } = await rawServer(() => {});
    const jobs = source({ apiKey, baseUrl: url });
    const early = await jobs.get("j1", { signal: AbortSignal.abort() });
    const late = await jobs.get("j1", { signal: AbortSignal.timeout(50) });
    for (const result of [early, late])
      expect(result).toMatchObject({ ok: false, error: { code: "aborted" } });
  });

  test("a prototype in the JSON, and pollutes nothing", async () => {
    const { url } = await rawServer((r) => r.end('{"id":"j1","status":"queued","__proto__":{"polluted":1}}'));
    expect(await source({ apiKey, baseUrl: url }).get("j1")).toMatchObject({ ok: true });
    expect("polluted" in {}).toBe(false);
  });
});

type Call = (options: HttpOptions, id: string) => Promise<JobResult<unknown>>;
const toolExecution = { kind: "tool_execution" };
const endpointCall =
  (call: (endpoints: ReturnType<typeof aiStatsEndpoints>, id: string) => Promise<JobResult<unknown>>): Call =>
  ({ apiKey: managementKey, ...options }, id) =>
    call(aiStatsEndpoints({ managementKey, ...options }), id);

const calls: readonly (readonly [string, Call])[] = [
  ["aiStatsJobs gets a batch", (options, id) => aiStatsJobs(options).get(id, { kind: "batch" })],
  ["aiStatsJobs cancels", (options, id) => aiStatsJobs(options).cancel(id)],
  ["videogenJobs gets", (options, id) => videogenJobs(options).get(id, toolExecution)],
  [
    "videogenJobs gets an export of a project",
    (options, id) => videogenJobs(options).get("j1", exportIn(id)),
  ],
  ["aiStatsEndpoints gets", endpointCall((endpoints, id) => endpoints.get(id))],
  ["aiStatsEndpoints updates", endpointCall((endpoints, id) => endpoints.update(id, { status: "active" }))],
  ["aiStatsEndpoints rotates", endpointCall((endpoints, id) => endpoints.rotateSecret(id))],
  ["aiStatsEndpoints deletes", endpointCall((endpoints, id) => endpoints.delete(id))],
];

function exportIn(projectId: string) {
  return { kind: "project_export", projectId };
}

/** What is wrong with the content of an answer, not with the answer itself, is each call's own. */
const ofAnyCall = hostilities.filter(
  ({ name }) => !["no id", "another job", "an unknown status"].includes(name),
);

describe.each(calls)("%s", (name, call) => {
  test.each(ofAnyCall)("$name → $code", async ({ name: hostility, answer, code, retryable }) => {
    const { url } = await rawServer(answer);
    const result = await call({ apiKey, baseUrl: url, timeoutMs: 300 }, "j1");
    const deleted = name.endsWith("deletes") && hostility === "nothing";
    // Another try of a rotation would make the secret useless that this one made.
    const lost = name.endsWith("rotates") && hostility === "nothing";
    if (deleted) expect(result).toMatchObject({ ok: true });
    else expect(result).toMatchObject({ ok: false, error: { code, retryable: retryable && !lost } });
    expect(JSON.stringify(result)).not.toContain(apiKey);
  });

  test.each([301, 307])("a %d, which is not followed", async (status) => {
    const elsewhere = await rawServer((response) => json(response, 200, { id: "j1", status: "completed" }));
    const { url } = await rawServer((response) =>
      response.writeHead(status, { location: elsewhere.url }).end(),
    );
    expect(await call({ apiKey, baseUrl: url }, "j1")).toMatchObject({
      error: { code: "redirected", status },
    });
    expect(elsewhere.seen).toEqual([]);
  });

  test.each(["", ".", "..", "../../x", "a/../b", "..\\..\\x", "\ud800", "x".repeat(513)])(
    "no request for the id %j",
    async (id) => {
      const { url, seen } = await rawServer((response) => json(response, 200, { id, status: "completed" }));
      expect(await call({ apiKey, baseUrl: url }, id)).toMatchObject({
        ok: false,
        error: { code: "invalid-id" },
      });
      expect(seen).toEqual([]);
    },
  );

  test("an id that looks like a URL is one segment", async () => {
    const { url, seen } = await rawServer((response) => response.writeHead(500).end());
    await call({ apiKey, baseUrl: url }, "https://elsewhere.example/x?y");
    expect(seen.map(({ path }) => path)).toEqual([
      expect.stringContaining("https%3A%2F%2Felsewhere.example%2Fx%3Fy"),
    ]);
  });
});

describe.each([
  ["aiStatsJobs, a batch", { kind: "batch" }, aiStatsJobs],
  ["videogenJobs", toolExecution, videogenJobs],
] as const)("%s gets", (_name, place, source) => {
  test.each([
    ["no id", { status: "running" }, "malformed-response"],
    ["another job", { id: "j2", status: "running" }, "malformed-response"],
    ["an unknown status", { id: "j1", status: "dreaming" }, "unknown-status"],
    ["no status", { id: "j1" }, "malformed-response"],
  ])("%s → %s", async (_what, body, code) => {
    const { url } = await rawServer((response) => json(response, 200, body));
    const result = await source({ apiKey, baseUrl: url }).get("j1", place);
    expect(result).toMatchObject({ ok: false, error: { code, retryable: true } });
  });
});

test.each([
  ["no list", { object: "list" }],
  ["a list of nonsense", { data: [7, null, { nonsense: 1 }] }],
])("aiStatsEndpoints lists %s", async (name, body) => {
  const { url } = await rawServer((response) => json(response, 200, body));
  const result = await aiStatsEndpoints({ managementKey: apiKey, baseUrl: url }).list();
  expect(result).toMatchObject(
    name === "no list" ? { ok: false, error: { code: "malformed-response" } } : { ok: true, endpoints: [] },
  );
});

describe("videogenWebhooks", () => {
  test.each([
    ["no secret", { endpointId: "e1" }, "malformed-response"],
    ["no id", { signingSecret: "whsec_x" }, "malformed-response"],
  ])("register refuses %s", async (_name, body, code) => {
    const { url } = await rawServer((response) => json(response, 201, body));
    const webhooks = videogenWebhooks({ apiKey, baseUrl: url });
    const result = await webhooks.register({
      url: "https://app.example.com/hook",
      events: ["file.playback_ready"],
    });
    expect(result).toMatchObject({ ok: false, error: { code } });
  });

  test.each([
    ["under endpoints", { endpoints: [{ endpointId: "e1" }, { nonsense: 1 }] }],
    ["under data", { data: [{ endpointId: "e1" }] }],
    ["bare", [{ endpointId: "e1" }]],
  ])("list understands a list %s", async (_name, body) => {
    const { url } = await rawServer((response) => json(response, 200, body));
    const result = await videogenWebhooks({ apiKey, baseUrl: url }).list();
    expect(result).toMatchObject({ ok: true, endpoints: [{ endpointId: "e1" }] });
  });

  test("delete encodes the id", async () => {
    const { url, seen } = await rawServer((response) => response.writeHead(204).end());
    const webhooks = videogenWebhooks({ apiKey, baseUrl: url });
    expect(await webhooks.delete("../../x")).toMatchObject({ ok: false, error: { code: "invalid-id" } });
    expect(await webhooks.delete("a/b")).toMatchObject({ ok: true });
    expect(seen.map(({ path }) => path)).toEqual(["/v1/webhooks/endpoints/a%2Fb"]);
  });
});
