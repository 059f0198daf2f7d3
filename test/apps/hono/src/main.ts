import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import { creativeai } from "@latchhook/core/providers/creativeai";
import { videogen } from "@latchhook/core/providers/videogen";
import { webhook } from "@latchhook/hono";
import { monitor } from "@latchhook/monitor";
import { type JobAnswer, openApp, readJson, run, serve, serverOptions } from "@latchhook/test-app";
import { Hono } from "hono";

async function start(): Promise<void> {
  const app = await openApp(process.env);
  const aiStatsWebhook = webhook(app.options(aiStats()));
  const videogenWebhook = webhook(app.options(videogen()));
  const creativeaiWebhook = webhook(app.options(creativeai()));
  const webhooks = [aiStatsWebhook, videogenWebhook, creativeaiWebhook];

  // Not strict: a trailing slash in the URL that a sender was given must not lose deliveries.
  const web = new Hono({ strict: false });
  // For all methods, so that latchhook answers 405 with Allow; app.post would leave a 404 to Hono.
  web.all("/webhooks/ai-stats", aiStatsWebhook);
  web.all("/webhooks/videogen", videogenWebhook);
  web.all("/webhooks/creativeai", creativeaiWebhook);
  if (app.hasMonitor) {
    web.all(
      "/ops/webhooks",
      monitor(() => app.monitorOptions(webhooks)),
    );
  }

  web.get("/events", async (context) => context.json(await app.listEvents()));
  web.post("/jobs", async ({ req }) => answer(await app.jobs.create(await readJson(req.raw))));
  web.get("/jobs", async () => answer(await app.jobs.list()));
  web.get("/jobs/:id", async ({ req }) => answer(await app.jobs.find(req.param("id"))));
  web.get("/metrics", async (context) => {
    const { contentType, text } = await app.metrics();
    return context.body(text, 200, { "content-type": contentType });
  });
  web.get("/healthz", (context) => context.json({ ok: true }));
  web.onError((error, context) => {
    console.error(error.message);
    return context.json({ error: "failed" }, 500);
  });

  await serve(createServer(serverOptions, getRequestListener(web.fetch)), app, webhooks);
}

function answer({ status, body }: JobAnswer): Response {
  return Response.json(body, { status });
}

await run(start);
