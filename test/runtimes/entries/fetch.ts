import { aiStats } from "@latchhook/core/providers/ai-stats";
import { memoryStore } from "@latchhook/core/stores/memory";
import { webhook } from "@latchhook/hono";
import { Hono } from "hono";
import { runChecks, type SmokeReport } from "../smoke/check.ts";
import { commonChecks } from "../smoke/common-checks.ts";
import { usedCrypto } from "../smoke/verify-checks.ts";

const store = memoryStore();
const persisted: string[] = [];

/** For runtimes that are asked over HTTP: the report, and a webhook for requests from outside. */
export const app = new Hono<{ Bindings: { SECRET: string } }>();

app.get("/report", async (c) => {
  const report: SmokeReport = { crypto: usedCrypto(), results: await runChecks(commonChecks) };
  return c.json(report);
});
app.get("/persisted", (c) => c.json(persisted));
app.all(
  "/webhook",
  webhook((c) => ({
    provider: aiStats({ secret: c.env.SECRET }),
    store,
    persist: (event) => persisted.push(event.id),
  })),
);
