import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AppProcess, startApp } from "./app-process.ts";
import { createJournal } from "./journal.ts";
import { attacks } from "./scenes/attacks.ts";
import { crash } from "./scenes/crash.ts";
import { fiftyAtOnce } from "./scenes/fifty-at-once.ts";
import { honestDeliveries } from "./scenes/honest-deliveries.ts";
import { makeSecrets, type Stage } from "./stage.ts";

/** All jobs that are to be persisted, in the order in which they are. */
const expectedJobs = [
  ...["video_01", "execution_02", "gen_03"],
  ...["video_04", "video_07", "video_08", "gen_09"],
];

/** Sets the stage: the Express example on an SQLite file of its own. */
async function openStage(folder: string): Promise<Stage> {
  const secrets = makeSecrets();
  const environment = {
    PORT: "0",
    STORE_URL: `sqlite:${join(folder, "app.db")}`,
    AI_STATS_WEBHOOK_SECRET: secrets["ai-stats"],
    VIDEOGEN_WEBHOOK_SECRET: secrets.videogen,
    CREATIVEAI_API_KEY: secrets.creativeai,
  };
  const journal = createJournal();
  let app: AppProcess = await startApp({ ...environment, PERSIST_DELAY_MS: "100" });
  const { port } = new URL(app.url);
  return {
    journal,
    secrets,
    app: () => app,
    async restart(more = {}) {
      app = await startApp({ ...environment, PORT: port, ...more });
      return app;
    },
  };
}

async function play(folder: string): Promise<boolean> {
  const startedAt = performance.now();
  const stage = await openStage(folder);
  const { journal } = stage;
  console.log("latchhook: three senders against the Express example, on SQLite");
  journal.scene("The app");
  journal.line("the app", `examples/express at ${stage.app().url}`, "", `process ${stage.app().processId}`);

  await honestDeliveries(stage);
  await fiftyAtOnce(stage);
  await attacks(stage);
  await crash(stage);

  const rows = await stage.app().rows();
  journal.rows(rows);
  journal.promise(
    "All that was acknowledged is in the table once, and nothing else",
    JSON.stringify(rows.map(({ jobId }) => jobId)) === JSON.stringify(expectedJobs),
  );
  await stage.app().stop();
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
