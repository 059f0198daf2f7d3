import { getRequestListener } from "@hono/node-server";
import type { ReceiverOptions } from "@latchhook/core";
import type { AiStatsEvent } from "@latchhook/core/providers/ai-stats";
import { webhook } from "@latchhook/hono";
import { adapterContract, type Earlier, listen } from "@latchhook/testing";
import { type Context, Hono } from "hono";
import { describe, it } from "vitest";

type Options = ReceiverOptions<AiStatsEvent>;

const readers: Readonly<Record<Earlier, (context: Context) => Promise<unknown>>> = {
  nothing: async () => undefined,
  parsed: (context) => context.req.raw.json(),
  kept: (context) => context.req.json(),
  listened: async () => undefined,
  taken: async () => undefined,
};

function appFor(options: Options, earlier: Earlier): Hono {
  const app = new Hono();
  app.use(async function readEarlier(context, next) {
    await readers[earlier](context);
    await next();
  });
  return app.all("/webhooks", webhook(options));
}

describe("Hono on Node keeps the adapter contract", () => {
  const cases = adapterContract({
    serve: (options, earlier) => listen(getRequestListener(appFor(options, earlier).fetch), earlier),
  });
  for (const { name, run } of cases) it(name, run);
});

describe("Hono on Node keeps the adapter contract after a look at c.req.raw.body, which starts a web stream", () => {
  const cases = adapterContract({
    serve(options, earlier) {
      const app = new Hono();
      app.use(async function look(context, next) {
        if (context.req.raw.body?.locked) throw new Error("not reached");
        await next();
      });
      app.route("/", appFor(options, earlier));
      return listen(getRequestListener(app.fetch), earlier);
    },
  });
  for (const { name, run } of cases) it(name, run);
});
