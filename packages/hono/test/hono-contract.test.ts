import { getRequestListener } from "@hono/node-server";
import type { ReceiverOptions } from "@latchhook/core";
import type { AiStatsEvent } from "@latchhook/core/providers/ai-stats";
import { webhook } from "@latchhook/hono";
import { adapterContract, type Earlier, listen } from "@latchhook/testing";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { describe, it } from "vitest";

type Options = ReceiverOptions<AiStatsEvent>;

const readers: Readonly<Record<Earlier, (context: Context) => Promise<unknown>>> = {
  nothing: async () => undefined,
  parsed: (context) => context.req.raw.json(),
  kept: (context) => context.req.json(),
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
    serve: (options, earlier) => listen(getRequestListener(appFor(options, earlier).fetch)),
  });
  for (const { name, run } of cases) it(name, run);
});

describe("Hono on Node keeps the adapter contract behind bodyLimit, which looks at the body first", () => {
  const cases = adapterContract({
    serve(options, earlier) {
      const app = new Hono();
      app.use(bodyLimit({ maxSize: 100 * 1_048_576 }));
      app.route("/", appFor(options, earlier));
      return listen(getRequestListener(app.fetch));
    },
  });
  for (const { name, run } of cases) it(name, run);
});
