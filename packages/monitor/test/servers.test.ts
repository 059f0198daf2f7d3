import { createServer } from "node:http";
import { serve } from "@hono/node-server";
import type { webhook } from "@latchhook/express";
import { basicAuth, type MonitorHandler, monitor } from "@latchhook/monitor";
import { listen } from "@latchhook/testing";
import express, { type RequestHandler } from "express";
import { Hono } from "hono";
import { afterEach, describe, expect, test } from "vitest";
import { hookOf, sameOrigin } from "./support/page-server.ts";

const password = "correct horse";
const signedIn = { authorization: `Basic ${Buffer.from(`ops:${password}`).toString("base64")}` };
const closings: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closings.splice(0)) await close();
});

/** Where the page is, without a query. */
type Serve = (page: MonitorHandler) => Promise<string>;

function express5(path: string, ...before: readonly RequestHandler[]): Serve {
  return async (page) => {
    const app = express();
    for (const handler of before) app.use(handler);
    app.use(path, page);
    const server = await listen(app);
    closings.push(server.close);
    return server.url.replace("/webhooks", path);
  };
}

const servers: Readonly<Record<string, Serve>> = {
  express: express5("/ops/webhooks"),
  "express at the root": express5("/"),
  "express with a slash at the end": async (page) => `${await express5("/a/b")(page)}/`,
  "express behind parsers": express5("/ops", express.json(), express.urlencoded({ extended: true })),
  async "a router of express"(page) {
    const router = express.Router();
    router.all("/webhooks", page);
    return express5("/ops", router)(page);
  },
  async "node:http"(page) {
    const server = await listen(createServer(page).listeners("request")[0] as never);
    closings.push(server.close);
    return server.url;
  },
  async hono(page) {
    const app = new Hono();
    app.all("/ops/webhooks", page);
    const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
    closings.push(() => server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    const address = server.address();
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/ops/webhooks`;
  },
  async next({ GET, POST }) {
    // A route handler of Next.js is a function of a Fetch request for each method.
    const handle = (request: Request) => (request.method === "POST" ? POST(request) : GET(request));
    const server = serve({ fetch: handle, port: 0, hostname: "127.0.0.1" });
    closings.push(() => server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    const address = server.address();
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/ops/webhooks`;
  },
};

describe.each(Object.entries(servers))("on %s", (_name, start) => {
  async function started() {
    const hook = hookOf();
    hook.failWith(new Error("told to fail"));
    await hook.send({ jobId: "job-1" });
    hook.failWith(undefined);
    const authorize = basicAuth({ ops: password });
    return { hook, url: await start(monitor({ webhooks: [hook.receiver], authorize })) };
  }

  test("pages, JSON and assets are served, and a failed delivery is replayed", async () => {
    const { hook, url } = await started();
    const page = await fetch(`${url}?view=deliveries`, { headers: { ...signedIn, accept: "text/html" } });
    expect(page.status).toBe(200);
    const text = await page.text();
    expect(text).toContain("job-1");
    for (const [, asset] of text.matchAll(/(?:href|src)="(\?asset=[^"]*)"/g)) {
      const response = await fetch(new URL(asset?.replaceAll("&amp;", "&") ?? "", url));
      expect(response.status).toBe(200);
      expect(response.headers.get("cache-control")).toContain("immutable");
      expect((await response.text()).length).toBeGreaterThan(50);
    }
    const json = await fetch(`${url}?view=deliveries`, {
      headers: { ...signedIn, accept: "application/json" },
    });
    const { deliveries } = (await json.json()) as { deliveries: { key: string }[] };
    const body = new URLSearchParams({ action: "replay", key: deliveries[0]?.key ?? "" });
    const replay = {
      method: "POST",
      headers: { ...signedIn, ...sameOrigin },
      body,
      redirect: "manual",
    } as const;
    const replayed = await fetch(url, replay);
    expect([replayed.status, replayed.headers.get("location")]).toEqual([
      303,
      `?view=delivery&key=${deliveries[0]?.key}`,
    ]);
    expect(hook.persisted).toEqual(["job-1"]);
  });

  test("nobody is let in without a password, and every answer has its headers", async () => {
    const { hook, url } = await started();
    const refused = await fetch(url);
    expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([
      401,
      expect.stringContaining("Basic"),
    ]);
    expect(await refused.text()).not.toContain("ai-stats");
    const head = await fetch(url, { method: "HEAD", headers: signedIn });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect(Object.fromEntries(head.headers)).toMatchObject({
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "content-security-policy": expect.stringMatching(/^default-src 'none';.*frame-ancestors 'none'$/),
    });
    expect(head.headers.get("content-security-policy")).not.toContain("unsafe");
    const post = await fetch(url, {
      method: "POST",
      headers: sameOrigin,
      body: new URLSearchParams({ action: "replay-all" }),
    });
    expect(post.status).toBe(401);
    expect(hook.persisted).toEqual([]);
  });
});

test("a function makes the options once, and is called again after it has failed", async () => {
  let calls = 0;
  const page = monitor(() => {
    calls++;
    if (calls === 1) throw new Error("not yet");
    return { webhooks: [hookOf().receiver], authorize: () => ({ actor: "a", access: "read" }) as const };
  });
  const statuses = [];
  for (let request = 0; request < 3; request++) {
    statuses.push((await page.GET(new Request("http://ops.test/"))).status);
  }
  expect(statuses).toEqual([500, 200, 200]);
  expect(calls).toBe(2);
});

test("a handler of an adapter is a webhook of the page", async () => {
  const { receiver } = hookOf();
  expect(receiver.describe?.()).toMatchObject({ provider: "ai-stats" });
  type Webhooks = Parameters<typeof monitor>[0] extends infer Source
    ? Source extends { readonly webhooks: infer List }
      ? List
      : never
    : never;
  const typed: (hook: ReturnType<typeof webhook>) => Webhooks = (hook) => [hook];
  expect(typed).toBeTypeOf("function");
});
