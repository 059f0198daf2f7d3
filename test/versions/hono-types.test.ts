import type { AiStatsEvent } from "@latchhook/core/providers/ai-stats";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import { memoryStore } from "@latchhook/core/stores/memory";
import { webhook } from "@latchhook/hono";
import { signAiStats, toRequest } from "@latchhook/testing";
import { type Context, Hono } from "hono";
import { type Context as Context40, Hono as Hono40 } from "hono-4.0";
import { type Context as Context48, Hono as Hono48 } from "hono-4.8";
import { describe, expect, expectTypeOf, it } from "vitest";

const secret = "whsec_hono-types-0123456789";
const options = { provider: aiStats({ secret }), store: memoryStore(), persist() {}, onOutcome() {} };

interface Environment {
  Bindings: { SECRET: string };
}

function optionsOf(environment: Environment["Bindings"]) {
  return {
    ...options,
    provider: aiStats({ secret: environment.SECRET }),
    persist(event: AiStatsEvent) {
      expectTypeOf(event.type).toBeString();
    },
  };
}

/** Each of these is a class of its own to TypeScript, as with two copies of hono in one `node_modules`. */
const apps = [
  new Hono<Environment>()
    .all("/object", webhook(options))
    .post(
      "/bare",
      webhook((c) => ({ ...options, provider: aiStats({ secret: c.env.SECRET }) })),
    )
    .post(
      "/webhooks",
      webhook((c: Context<Environment>) => optionsOf(c.env)),
    ),
  new Hono40<Environment>()
    .all("/object", webhook(options))
    .post(
      "/bare",
      webhook((c) => ({ ...options, provider: aiStats({ secret: c.env.SECRET }) })),
    )
    .post(
      "/webhooks",
      webhook((c: Context40<Environment>) => optionsOf(c.env)),
    ),
  new Hono48<Environment>()
    .all("/object", webhook(options))
    .post(
      "/bare",
      webhook((c) => ({ ...options, provider: aiStats({ secret: c.env.SECRET }) })),
    )
    .post(
      "/webhooks",
      webhook((c: Context48<Environment>) => optionsOf(c.env)),
    ),
];

describe("an app whose hono is another copy", () => {
  it.each(apps.map((app, index) => [index, app] as const))("compiles and receives: %s", async (_, app) => {
    for (const path of ["/object", "/bare", "/webhooks"]) {
      const request = toRequest(signAiStats({ secret }), `http://localhost${path}`);
      expect((await app.request(request, {}, { SECRET: secret })).status).toBe(200);
    }
  });
});
