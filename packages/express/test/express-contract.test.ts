import { createRequire } from "node:module";
import type { ReceiverOptions } from "@latchhook/core";
import type { AiStatsEvent } from "@latchhook/core/providers/ai-stats";
import { webhook } from "@latchhook/express";
import { adapterContract, type Earlier, listen } from "@latchhook/testing";
import express5, { type Express } from "express";
import { describe, it } from "vitest";

const express4 = createRequire(import.meta.url)("express4") as typeof express5;

type Options = ReceiverOptions<AiStatsEvent>;

function appFor(express: typeof express5, earlier: Earlier): Express {
  const app = express();
  if (earlier === "parsed") app.use(express.json());
  if (earlier === "kept") app.use(express.raw({ type: "*/*" }));
  return app;
}

describe("Express 5 keeps the adapter contract, by app.all on a router", () => {
  const cases = adapterContract({
    serve(options: Options, earlier) {
      const router = express5.Router().all("/", webhook(options));
      return listen(appFor(express5, earlier).use("/webhooks", router), earlier);
    },
  });
  for (const { name, run } of cases) it(name, run);
});

describe("Express 4 keeps the adapter contract, by app.use with options from a function", () => {
  const cases = adapterContract({
    serve: (options: Options, earlier) =>
      listen(
        appFor(express4, earlier).use(
          "/webhooks",
          webhook(() => Promise.resolve(options)),
        ),
        earlier,
      ),
  });
  for (const { name, run } of cases) it(name, run);
});
