import { createServer } from "node:http";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import { creativeai } from "@latchhook/core/providers/creativeai";
import { videogen } from "@latchhook/core/providers/videogen";
import { webhook } from "@latchhook/express";
import { monitor } from "@latchhook/monitor";
import { type JobAnswer, openApp, run, serve, serverOptions } from "@latchhook/test-app";
import express, { type NextFunction, type Request, type Response } from "express";

async function start(): Promise<void> {
  const app = await openApp(process.env);
  const aiStatsWebhook = webhook(app.options(aiStats()));
  const videogenWebhook = webhook(app.options(videogen()));
  const creativeaiWebhook = webhook(app.options(creativeai()));
  const webhooks = [aiStatsWebhook, videogenWebhook, creativeaiWebhook];

  const web = express().disable("x-powered-by");
  // For all methods, so that latchhook answers 405 with Allow; app.post would leave a 404 to Express.
  web.all("/webhooks/ai-stats", aiStatsWebhook);
  web.all("/webhooks/videogen", videogenWebhook);
  web.all("/webhooks/creativeai", creativeaiWebhook);
  if (app.hasMonitor) {
    web.use(
      "/ops/webhooks",
      monitor(() => app.monitorOptions(webhooks)),
    );
  }
  // Body parsers belong here, after the webhooks: signatures are over the bytes as they came.

  web.get("/events", async (_request, response) => {
    response.json(await app.listEvents());
  });
  web.post("/jobs", express.json({ limit: "64kb" }), async (request, response) => {
    answer(response, await app.jobs.create(request.body));
  });
  web.get("/jobs", async (_request, response) => {
    answer(response, await app.jobs.list());
  });
  web.get("/jobs/:id", async (request, response) => {
    answer(response, await app.jobs.find(request.params.id));
  });
  web.get("/metrics", async (_request, response) => {
    const { contentType, text } = await app.metrics();
    response.set("content-type", contentType).send(text);
  });
  web.get("/healthz", (_request, response) => {
    response.json({ ok: true });
  });
  web.use(answerFailure);

  await serve(createServer(serverOptions, web), app, webhooks);
}

function answer(response: Response, { status, body }: JobAnswer): void {
  response.status(status).json(body);
}

/** Express's own answer would show the error. It knows this function by its four parameters. */
function answerFailure(
  error: Error & { readonly status?: number },
  _request: Request,
  response: Response,
  next: NextFunction,
): void {
  // The body parser's: no JSON, too large, an unknown encoding.
  const { status = 500 } = error;
  const isTheirs = status >= 400 && status < 500;
  if (!isTheirs) console.error(error.message);
  if (response.headersSent) next(error);
  else response.status(isTheirs ? 400 : 500).json({ error: isTheirs ? "bad-request" : "failed" });
}

await run(start);
