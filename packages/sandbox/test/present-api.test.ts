import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { verifyWebhook } from "@latchhook/core";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import { videogen } from "@latchhook/core/providers/videogen";
import { type Sandbox, type SandboxOptions, startSandbox } from "@latchhook/sandbox";
import { afterEach, describe, expect, test } from "vitest";

const apiKey = "sandbox-key";
const managementKey = "management-key";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function sandboxWith(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ speed: 1_000, apiKey, managementKey, version: "2026-08", ...options });
  cleanups.push(() => sandbox.close());
  return sandbox;
}

/** A receiver that keeps everything and answers with what `statusOf` says. */
async function receive(statusOf: (count: number) => number = () => 200) {
  const received: { headers: Record<string, string | string[] | undefined>; body: Uint8Array }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    received.push({ headers: request.headers, body: Buffer.concat(chunks) });
    response.writeHead(statusOf(received.length)).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received };
}

async function call(sandbox: Sandbox, method: string, path: string, body?: unknown, key = apiKey) {
  const response = await fetch(`${sandbox.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, text, json: text.startsWith("{") ? JSON.parse(text) : undefined };
}

async function ended(sandbox: Sandbox): Promise<void> {
  await expect.poll(() => sandbox.jobs.every((job) => job.endedAt !== null)).toBe(true);
  await sandbox.idle();
}

const video = { model: "google/veo-3", prompt: "A paper boat" };
const path = "/v1/webhook-endpoints";

async function endpointAt(sandbox: Sandbox, url: string, events?: readonly string[]) {
  const created = await call(sandbox, "POST", path, { url, events }, managementKey);
  expect(created.status).toBe(201);
  return created.json as { id: string; signing_secret: string };
}

describe("AI Stats since August 2026", () => {
  test("manages endpoints with the management key, and shows a secret once", async () => {
    const sandbox = await sandboxWith();
    const { id, signing_secret: secret } = await endpointAt(sandbox, "http://127.0.0.1:9/hook");
    expect(secret).toMatch(/^whsec_[\w-]{43}$/);
    const shown = await call(sandbox, "GET", `${path}/${id}`, undefined, managementKey);
    expect(shown.json).toMatchObject({ id, status: "active", hasSecret: true, deletedAt: null });
    expect(shown.json.events).toEqual(
      ["video", "batch"].flatMap((kind) =>
        ["completed", "failed", "cancelled"].map((end) => `${kind}.${end}`),
      ),
    );
    expect(shown.text).not.toContain(secret);
    const patched = await call(sandbox, "PATCH", `${path}/${id}`, { status: "disabled" }, managementKey);
    expect(patched.json).toMatchObject({ status: "disabled" });
    expect((await call(sandbox, "PATCH", `${path}/${id}`, { status: "gone" }, managementKey)).status).toBe(
      400,
    );
    expect((await call(sandbox, "GET", path)).status).toBe(401);
    const refused = await call(sandbox, "POST", path, { url: "https://10.0.0.1/" }, managementKey);
    expect([refused.status, refused.json.error.details.reason]).toEqual([
      400,
      "webhook_url_private_network_not_allowed",
    ]);
    expect((await call(sandbox, "DELETE", `${path}/${id}`, undefined, managementKey)).json).toEqual({
      ...{ id, object: "webhook_endpoint", deleted: true },
    });
    expect((await call(sandbox, "GET", `${path}/${id}`, undefined, managementKey)).status).toBe(404);
    expect((await call(sandbox, "GET", path, undefined, managementKey)).json).toEqual({
      object: "list",
      data: [],
    });
    const all = await call(sandbox, "GET", `${path}?include_deleted=true`, undefined, managementKey);
    expect(all.json.data).toMatchObject([{ id, status: "deleted" }]);
  });

  test.each(["video", "batch"] as const)(
    "a %s tells its endpoint of each status, signed with its secret",
    async (kind) => {
      const sandbox = await sandboxWith();
      const { url, received } = await receive();
      const { id, signing_secret: secret } = await endpointAt(sandbox, url);
      const webhook = { endpoint_id: id, events: ["job.status_changed", "job.completed"] };
      const root = kind === "video" ? "/v1/videos" : "/v1/batches";
      const created = await call(sandbox, "POST", root, { ...video, webhook });
      expect(created.status).toBe(202);
      await ended(sandbox);
      const results = await Promise.all(
        received.map((request) => verifyWebhook(aiStats({ secret }), request)),
      );
      const told = results.map((result) =>
        result.ok ? `${result.event.type} ${result.event.known}` : result.reason,
      );
      expect(told.sort()).toEqual(
        [`${kind}.completed true`, ...Array(2).fill(`${kind}.status_changed true`)].sort(),
      );
      const bodies = received.map(({ body }) => JSON.parse(Buffer.from(body).toString()));
      const changes = bodies.flatMap(({ status_change: change }) => (change === undefined ? [] : [change]));
      expect(changes).toContainEqual({ previous_status: "queued", status: "in_progress" });
      expect(changes).toContainEqual({ previous_status: "in_progress", status: "completed" });
      const { json } = await call(sandbox, "GET", `${root}/${created.json.id}`);
      expect(json).toMatchObject({ status: "completed", webhook: { endpoint_id: id, has_secret: true } });
    },
  );

  test("without events anywhere an expiry and a change of status are not sent", async () => {
    const sandbox = await sandboxWith({ life: { outcome: "expired" } });
    const { url, received } = await receive();
    const { id } = await endpointAt(sandbox, url);
    await call(sandbox, "POST", "/v1/videos", { ...video, webhook: { endpoint_id: id } });
    await ended(sandbox);
    expect(received).toEqual([]);
  });

  test("a batch takes webhook_endpoint_id too; a disabled endpoint is told nothing and taken by no new job", async () => {
    const sandbox = await sandboxWith({ life: { durationMs: 1e9 } });
    const { url, received } = await receive();
    const { id } = await endpointAt(sandbox, url);
    const { json } = await call(sandbox, "POST", "/v1/batches", { webhook_endpoint_id: id });
    await call(sandbox, "PATCH", `${path}/${id}`, { status: "disabled" }, managementKey);
    sandbox.step(json.id, { change: "completed" });
    await sandbox.idle();
    const refused = await call(sandbox, "POST", "/v1/batches", { webhook_endpoint_id: id });
    expect([received.length, refused.status, refused.json.reason]).toEqual([
      0,
      400,
      "webhook_endpoint_not_found",
    ]);
  });

  test("after a rotation the old secret signs nothing, a retry neither", async () => {
    const sandbox = await sandboxWith({ speed: 100, life: { durationMs: 1 } });
    const { url, received } = await receive((count) => (count === 1 ? 500 : 200));
    const { id, signing_secret: old } = await endpointAt(sandbox, url);
    await call(sandbox, "POST", "/v1/videos", { ...video, webhook: { endpoint_id: id } });
    await expect.poll(() => received.length).toBe(1);
    const rotated = await call(sandbox, "POST", `${path}/${id}/rotate-secret`, {}, managementKey);
    await ended(sandbox);
    const verified = async (secret: string) =>
      Promise.all(received.map(async (request) => (await verifyWebhook(aiStats({ secret }), request)).ok));
    expect(await verified(old)).toEqual([true, false]);
    expect(await verified(rotated.json.signing_secret)).toEqual([false, true]);
  });

  test.each([
    ["2026-08", { url: "http://127.0.0.1:9/hook", secret: "s" }, 400, "webhook_endpoint_id_required"],
    ["2026-06", { endpoint_id: "e1" }, 400, "webhook_url_required"],
    ["2026-06", { url: "http://127.0.0.1:9/hook", secret: "s" }, 200, undefined],
  ] as const)("of %s, a job with %j → %d", async (version, webhook, status, reason) => {
    const sandbox = await sandboxWith({ version });
    const created = await call(sandbox, "POST", "/v1/videos", { ...video, webhook });
    expect([created.status, created.json.reason]).toEqual([status, reason]);
    // And a job may be of another version than the sandbox.
    const other = version === "2026-08" ? "2026-06" : "2026-08";
    const job = await call(sandbox, "POST", "/v1/videos", { ...video, webhook, sandbox: { version: other } });
    expect(job.status).toBe(status === 200 || version === "2026-06" ? 400 : 200);
  });

  test("cancelling is 501, and was done before; an unknown version is refused", async () => {
    const sandbox = await sandboxWith({ life: { durationMs: 1e9 } });
    const present = await call(sandbox, "POST", "/v1/videos", video);
    const older = await call(sandbox, "POST", "/v1/videos", { ...video, sandbox: { version: "2026-06" } });
    expect((await call(sandbox, "POST", `/v1/videos/${present.json.id}/cancel`)).status).toBe(501);
    expect((await call(sandbox, "POST", `/v1/videos/${older.json.id}/cancel`)).json.status).toBe("cancelled");
    const unknown = await call(sandbox, "POST", "/v1/videos", { ...video, sandbox: { version: "2031-01" } });
    expect([unknown.status, unknown.json.reason]).toEqual([400, expect.stringContaining("sandbox.version")]);
  });

  test("status calls of OpenAI's models have its types; deliveries have the sender's own", async () => {
    const sandbox = await sandboxWith();
    const { url, received } = await receive();
    const { id, signing_secret: secret } = await endpointAt(sandbox, url);
    const request = { ...video, model: "openai/sora-2", webhook: { endpoint_id: id } };
    const { json } = await call(sandbox, "POST", "/v1/videos", request);
    await ended(sandbox);
    const shown = await call(sandbox, "GET", `/v1/videos/${json.id}`);
    expect(shown.json).toMatchObject({ seconds: "8", created_at: expect.any(Number), status: "completed" });
    expect(await verifyWebhook(aiStats({ secret }), received[0] as never)).toMatchObject({
      ok: true,
      event: { known: true, data: { created_at: expect.any(String), expires_at: expect.any(Number) } },
    });
  });
});

describe("VideoGen's status calls", () => {
  const paths = {
    tool_execution: "/v1/tools/executions/",
    workflow_run: "/v1/workflows/runs/",
    project_export: "/v1/projects/vg_proj_1/exports/",
    assistant_message: "/v1/assistant-messages/",
    file: "/v1/files/",
  } as const;

  test.each(Object.entries(paths))("%s: runs, ends, and its end is told", async (kind, root) => {
    const sandbox = await sandboxWith({ life: { durationMs: 1e9 } });
    const { url, received } = await receive();
    const events = ["succeeded", "failed", "cancelled"].map((end) => `${kind}.${end}`);
    const endpoint = { url, events: [...events, "file.upload.completed"] };
    const registered = await call(sandbox, "POST", "/v1/webhooks/endpoints", endpoint);
    const started = await call(sandbox, "POST", "/_sandbox/videogen/jobs", { kind, projectId: "vg_proj_1" });
    const { jobId } = started.json;
    const running = await call(sandbox, "GET", `${root}${jobId}`);
    expect(running.status).toBe(200);
    if (kind !== "file") expect(running.json).toMatchObject({ status: "pending" });
    expect((await call(sandbox, "POST", `/_sandbox/jobs/${jobId}`, { outcome: "completed" })).status).toBe(
      200,
    );
    await sandbox.idle();
    const { json } = await call(sandbox, "GET", `${root}${jobId}`);
    expect(json).toMatchObject(
      kind === "file" ? { downloadUrl: expect.any(String) } : { status: "succeeded" },
    );
    const verified = await verifyWebhook(
      videogen({ secret: registered.json.signingSecret }),
      received[0] as never,
    );
    expect(verified).toMatchObject({
      ok: true,
      event: { known: true, job: { id: jobId, status: "completed" } },
    });
    const elsewhere =
      kind === "project_export" ? "/v1/projects/vg_proj_2/exports/" : "/v1/projects/p/exports/";
    expect((await call(sandbox, "GET", `${elsewhere}${jobId}`)).status).toBe(404);
    expect((await call(sandbox, "GET", `${root}${jobId}`, undefined, "other")).status).toBe(401);
  });

  test("what was only emitted is known too, and an unknown kind is refused", async () => {
    const sandbox = await sandboxWith();
    sandbox.emit({ event: "workflow_run.failed", jobId: "w1" });
    expect((await call(sandbox, "GET", "/v1/workflows/runs/w1")).json).toMatchObject({
      ...{ workflowRunId: "w1", status: "failed" },
      error: { message: expect.any(String) },
    });
    expect((await call(sandbox, "POST", "/_sandbox/videogen/jobs", { kind: "toString" })).status).toBe(400);
  });
});
