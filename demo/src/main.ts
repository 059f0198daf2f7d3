import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { videogenWebhooks } from "@latchhook/jobs";
import { startSandbox } from "@latchhook/sandbox";
import { monitorClient } from "@latchhook/test-app/monitor-client";
import { type RunningApp, startApp } from "@latchhook/test-app/start-app";
import { createJournal } from "./journal.ts";
import { attacks } from "./scenes/attacks.ts";
import { crash } from "./scenes/crash.ts";
import { fiftyAtOnce } from "./scenes/fifty-at-once.ts";
import { honestDeliveries, retry } from "./scenes/honest-deliveries.ts";
import { lostWebhooks } from "./scenes/lost-webhooks.ts";
import { leaveOneFailed, seenAndReplayed } from "./scenes/seen-and-replayed.ts";
import { makeSecrets, type Stage } from "./stage.ts";

/** Sets the stage: a sandbox, and the Express app on an SQLite file of its own. */
async function openStage(folder: string): Promise<Stage & { readonly expected: readonly string[] }> {
  const secrets = makeSecrets();
  const failsWhile = join(folder, "fails");
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
    MONITOR_PASSWORD: secrets.monitor,
    PERSIST_FAILS_WHILE: failsWhile,
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
    page: () => monitorClient(app.url, secrets.monitor),
    failsWhile,
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

const signals = ["SIGINT", "SIGTERM"] as const;

function giveUp(): void {
  process.exit(1);
}

const command = "npx -y pnpm@10.34.9 demo";

async function play(folder: string, open: boolean): Promise<boolean> {
  const startedAt = performance.now();
  const stage = await openStage(folder);
  const { journal } = stage;
  console.log("latchhook: three senders against an Express app, on SQLite, in four acts");
  journal.scene("The app");
  journal.line("app", `test/apps/express at ${stage.app().url}`, "", `process ${stage.app().processId}`);
  journal.line("senders", `@latchhook/sandbox at ${stage.sandbox.url}`, "", "this process");

  journal.act("1  Honest");
  await honestDeliveries(stage);
  await retry(stage);
  await fiftyAtOnce(stage);
  journal.act("2  Hostile");
  await attacks(stage);
  journal.act("3  Crashed and lost");
  await crash(stage);
  await lostWebhooks(stage);
  journal.act("4  Seen and replayed");
  await seenAndReplayed(stage);

  const rows = await stage.app().events();
  journal.rows(rows);
  journal.promise(
    "All that was acknowledged is in the table once, and nothing else",
    JSON.stringify(rows.map(({ jobId }) => jobId)) === JSON.stringify(stage.expected),
  );
  const held = journal.verdict((performance.now() - startedAt) / 1000);
  journal.scene("What next");
  journal.steps([
    ...(open ? [] : [["Look at the page yourself", `${command} --open`] as const]),
    ["Put it into your app", "README.md"],
    ["Find out why a video never came", "docs/operations.md"],
  ]);
  if (open) await stayOpen(stage);
  await stage.app().stop();
  await stage.sandbox.close();
  return held;
}

/** Leaves the app running with a delivery that waits for somebody, until Ctrl-C. */
async function stayOpen(stage: Stage): Promise<void> {
  const { journal, secrets } = stage;
  journal.scene("Your turn: one more delivery fails");
  const id = await leaveOneFailed(stage);
  journal.steps([
    ["Open the page", stage.page().url],
    ["Sign in as ops, with", secrets.monitor],
    ["Search the job, and replay it", id],
    ["Read what the app tells Prometheus", `${stage.app().url}/metrics`],
    ["End the demo", "Ctrl-C"],
  ]);
  // The app gets a terminal's signal as well, and ends by itself.
  for (const signal of signals) process.off(signal, giveUp);
  await Promise.race(signals.map((signal) => once(process, signal)));
}

const { values } = parseArgs({ options: { open: { type: "boolean", default: false } } });
const folder = mkdtempSync(join(tmpdir(), "latchhook-demo-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const signal of signals) process.once(signal, giveUp);
try {
  process.exitCode = (await play(folder, values.open)) ? 0 : 1;
} catch (error) {
  console.error(error);
  process.exit(1);
}
