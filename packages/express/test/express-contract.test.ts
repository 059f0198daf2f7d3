import { createRequire } from "node:module";
import type { ReceiverOptions } from "@latchhook/core";
import type { AiStatsEvent } from "@latchhook/core/providers/ai-stats";
import { webhook } from "@latchhook/express";
import { adapterContract, type Earlier, listen } from "@latchhook/testing";
import express5, { type Express } from "express";
import { describe, it } from "vitest";

const express4 = createRequire(import.meta.url)("express4") as typeof express5;

type Options = ReceiverOptions<AiStatsEvent>;
type Mount = (app: Express, options: Options, express: typeof express5) => void;

const mounts: Readonly<Record<string, Mount>> = {
  "app.all": (app, options) => app.all("/webhooks", webhook(options)),
  "app.use, with options from a function": (app, options) =>
    app.use(
      "/webhooks",
      webhook(() => Promise.resolve(options)),
    ),
  "a router": (app, options, express) =>
    app.use("/webhooks", express.Router().all("/", webhook<AiStatsEvent>(options))),
};

function appFor(express: typeof express5, mount: Mount, options: Options, earlier: Earlier): Express {
  const app = express();
  if (earlier === "parsed") app.use(express.json());
  if (earlier === "kept") app.use(express.raw({ type: "*/*" }));
  mount(app, options, express);
  return app;
}

describe.each([
  ["Express 5", express5],
  ["Express 4", express4],
])("%s keeps the adapter contract", (_, express) => {
  for (const [name, mount] of Object.entries(mounts)) {
    describe(`mounted by ${name}`, () => {
      const cases = adapterContract({
        serve: (options, earlier) => listen(appFor(express, mount, options, earlier)),
      });
      for (const { name, run } of cases) it(name, run);
    });
  }
});
