import { createServer, type RequestListener } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { WebhookVerificationService } from "@hookflo/tern";
import { standardWebhooks } from "@latchhook/core/providers/standard-webhooks";
import { memoryStore } from "@latchhook/core/stores/memory";
import { webhook as expressWebhook } from "@latchhook/express";
import { webhook as honoWebhook } from "@latchhook/hono";
import express from "express";
import { Hono } from "hono";
import { createClient } from "redis";
import { Webhook } from "standardwebhooks";

export const benchSecret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

let persisted = 0;

/** The same callback everywhere: asynchronous, and next to nothing. */
async function persist(event: unknown): Promise<void> {
  await undefined;
  if (event !== undefined) persisted++;
}

function latchhookOptions() {
  return { provider: standardWebhooks({ secret: benchSecret }), store: memoryStore(), persist };
}

/** Express as everyone mounts it for webhooks, doing nothing but reading and parsing. */
function expressBare(): RequestListener {
  const app = express();
  app.post("/", express.raw({ type: "*/*", limit: "2mb" }), async (request, response) => {
    await persist(JSON.parse(request.body.toString()));
    response.json({ received: true });
  });
  return app;
}

function expressLatchhook(): RequestListener {
  const app = express();
  app.post("/", expressWebhook(latchhookOptions()));
  return app;
}

/** What teams write by hand: raw body, the reference library, one SET NX per delivery. */
async function expressComposed(): Promise<RequestListener> {
  const client = createClient({ url: process.env.REDIS_URL ?? "redis://127.0.0.1:6379" });
  await client.connect();
  const verifier = new Webhook(benchSecret);
  const app = express();
  app.post("/", express.raw({ type: "*/*", limit: "2mb" }), async (request, response) => {
    const headers = request.headers as Record<string, string>;
    const event = verifier.verify(request.body, headers);
    const key = `bench:composed:${headers["webhook-id"]}`;
    if ((await client.set(key, "1", { condition: "NX", expiration: { type: "EX", value: 60 } })) !== null) {
      await persist(event);
    }
    response.json({ received: true });
  });
  return app;
}

function expressStandardwebhooks(): RequestListener {
  const verifier = new Webhook(benchSecret);
  const app = express();
  app.post("/", express.raw({ type: "*/*", limit: "2mb" }), async (request, response) => {
    await persist(verifier.verify(request.body, request.headers as Record<string, string>));
    response.json({ received: true });
  });
  return app;
}

function honoBare(): RequestListener {
  const app = new Hono();
  app.post("/", async (context) => {
    await persist(JSON.parse(new TextDecoder().decode(await context.req.arrayBuffer())));
    return context.json({ received: true });
  });
  return getRequestListener(app.fetch);
}

function honoLatchhook(): RequestListener {
  const app = new Hono();
  app.post("/", honoWebhook(latchhookOptions()));
  return getRequestListener(app.fetch);
}

function honoStandardwebhooks(): RequestListener {
  const verifier = new Webhook(benchSecret);
  const app = new Hono();
  app.post("/", async (context) => {
    await persist(verifier.verify(await context.req.text(), context.req.header()));
    return context.json({ received: true });
  });
  return getRequestListener(app.fetch);
}

function honoTern(): RequestListener {
  const app = new Hono();
  app.post("/", async (context) => {
    const platform = "replicateai";
    const result = await WebhookVerificationService.verifyWithPlatformConfig(
      context.req.raw,
      platform,
      benchSecret,
    );
    if (!result.isValid) return context.json({ error: "invalid" }, 400);
    await persist(result.payload);
    return context.json({ received: true });
  });
  return getRequestListener(app.fetch);
}

export const pathServers = {
  "express bare": expressBare,
  "express latchhook": expressLatchhook,
  "express standardwebhooks": expressStandardwebhooks,
  "express standardwebhooks + SET NX": expressComposed,
  "hono bare": honoBare,
  "hono latchhook": honoLatchhook,
  "hono standardwebhooks": honoStandardwebhooks,
  "hono @hookflo/tern": honoTern,
} satisfies Record<string, () => RequestListener | Promise<RequestListener>>;

export type PathServer = keyof typeof pathServers;

/** What the measuring process asks, and what it is told. */
export type ServerQuestion = "usage" | "usage after collection" | "stop";
export interface ServerReport {
  readonly port?: number;
  readonly persisted: number;
  /** Microseconds of processor time since the start. */
  readonly cpu: number;
  readonly rss: number;
}

/** Runs one of the servers in a process of its own, which reports its processor time when asked. */
async function serve(name: PathServer): Promise<void> {
  const server = createServer({ keepAliveTimeout: 30_000 }, await pathServers[name]());
  server.listen(0, "127.0.0.1", () => report({ port: (server.address() as { port: number }).port }));
  process.on("message", (question: ServerQuestion) => {
    if (question === "stop") process.exit(0);
    if (question === "usage after collection") globalThis.gc?.();
    report({});
  });
}

function report(more: { port?: number }): void {
  const { user, system } = process.cpuUsage();
  process.send?.({
    ...more,
    persisted,
    cpu: user + system,
    rss: process.memoryUsage().rss,
  } satisfies ServerReport);
}

const [, , name] = process.argv;
if (process.send !== undefined && name !== undefined && name in pathServers) await serve(name as PathServer);
