import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { videogenWebhooks } from "@latchhook/jobs";
import { startSandbox } from "@latchhook/sandbox";
import { type RunningApp, startApp } from "@latchhook/test-app/start-app";
import { createJournal } from "./journal.ts";
import { attacks } from "./scenes/attacks.ts";
import { crash } from "./scenes/crash.ts";
import { fiftyAtOnce } from "./scenes/fifty-at-once.ts";
import { honestDeliveries, retry } from "./scenes/honest-deliveries.ts";
import { lostWebhooks } from "./scenes/lost-webhooks.ts";
import { makeSecrets, type Stage } from "./stage.ts";

/** Sets the stage: a sandbox, and the Express app on an SQLite file of its own. */
async function openStage(folder: string): Promise<Stage & { readonly expected: readonly string[] }> {
  const secrets = makeSecrets();
  const sandbox = await startSandbox({
    videogenSecret: secrets.videogen,
    life: { durationMs: Number.POSITIVE_INFINITY },
  });
  const environment = {
    PORT: "0",
    STORE_URL: `sqlite:${join(folder, "app.db")}`,
    AI_STATS_WEBHOOK_SECRET: secrets["ai-stats"],
    VIDEOGEN_WEBHOOK_SECRET: secrets.videogen,
    CREATIVEAI_API_KEY: secrets.creativeai,
    AI_STATS_API_KEY: "any-key",
    LOG_OUTCOMES: "1",
    SENDER_URL: sandbox.url,
  };
  const expected: string[] = [];
  let app: RunningApp = await startApp("express", { ...environment, PERSIST_DELAY_MS: "300" });
  const { port } = new URL(app.url);
  await registerVideogen(sandbox.url, app.url);
  return {
    journal: createJournal(),
    secrets,
    sandbox,
    app: () => app,
    async restart(more = {}) {
      app = await startApp("express", { ...environment, PORT: port, ...more });
      return app;
    },
    expect: (jobId) => expected.push(jobId),
    expected,
  };
}

/** VideoGen is told of endpoints once, not with each job. */
async function registerVideogen(senderUrl: string, appUrl: string): Promise<void> {
  const registered = await videogenWebhooks({ baseUrl: senderUrl, apiKey: "any-key" }).register({
    url: `${appUrl}/webhooks/videogen`,
    events: ["tool_execution.succeeded"],
  });
  if (!registered.ok) throw new Error(registered.error.message);
}

async function play(folder: string): Promise<boolean> {
  const startedAt = performance.now();
  const stage = await openStage(folder);
  const { journal } = stage;
  console.log("latchhook: three senders against an Express app, on SQLite");
  journal.scene("The app");
  journal.line("the app", `test/apps/express at ${stage.app().url}`, "", `process ${stage.app().processId}`);

  journal.line("the senders", `@latchhook/sandbox at ${stage.sandbox.url}`, "", "this process");

  await honestDeliveries(stage);
  await retry(stage);
  await fiftyAtOnce(stage);
  await attacks(stage);
  await crash(stage);
  await lostWebhooks(stage);

  const rows = await stage.app().events();
  journal.rows(rows);
  journal.promise(
    "All that was acknowledged is in the table once, and nothing else",
    JSON.stringify(rows.map(({ jobId }) => jobId)) === JSON.stringify(stage.expected),
  );
  await stage.app().stop();
  await stage.sandbox.close();
  return journal.verdict((performance.now() - startedAt) / 1000);
}

const folder = mkdtempSync(join(tmpdir(), "latchhook-demo-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
try {
  process.exitCode = (await play(folder)) ? 0 : 1;
} catch (error) {
  console.error(error);
  process.exit(1);
}
