import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appNames, appSecrets } from "./apps/app/src/start-app.ts";
import { startMonitored } from "./conformance/support/monitored-app.ts";
import { creativeaiSender, newJobId } from "./conformance/support/senders.ts";
import { exchange } from "./conformance/support/wire.ts";
import { describeWithServer, findRedis, redisTestPrefix } from "./support/servers.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "latchhook-operations-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Fails, finds, replays, and looks at what Prometheus is told. */
async function expectSeen(name: (typeof appNames)[number], storeUrl: string, file: string): Promise<void> {
  const monitored = await startMonitored(name, storeUrl, {
    APP_DB: `sqlite:${join(folder, file)}`,
    REDIS_PREFIX: redisTestPrefix(),
  });
  const { app, page, fail, mend } = monitored;
  const jobId = newJobId();
  await fail();
  expect((await exchange(app.url, creativeaiSender.sign({ jobId })))?.status).toBe(500);
  await mend();
  const [found] = await page.find(jobId);
  expect(found).toMatchObject({ state: "failed", error: "told to fail" });
  expect(await page.act("replay", { key: found?.key ?? "" })).toEqual({ status: 200, outcome: "processed" });
  expect((await app.events()).map((row) => row.jobId)).toEqual([jobId]);
  const metrics = await fetch(`${app.url}/metrics`);
  expect(metrics.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(await metrics.text()).toMatch(
    /^latchhook_requests_total\{provider="creativeai",scope="",outcome="persist-failed"\} 1$/m,
  );
  await monitored.close();
}

describe.each(appNames)("the %s app keeps an inbox and tells its metrics", (name) => {
  it("in memory", () => expectSeen(name, "memory:", `${name}-memory.db`));
});

describeWithServer("the express app keeps an inbox", await findRedis(), (url) => {
  it("in Redis", () => expectSeen("express", url, "redis.db"));
});

describe.each(["express", "hono"] as const)("the %s app", (name) => {
  it.each([
    ["PostgreSQL", "postgres://latchhook@127.0.0.1:1/none"],
    ["Redis", "redis://127.0.0.1:1"],
    ["a file that is none", "sqlite:/dev/null/app.db"],
  ])("exits 1 with one line where its store is away: %s", (_what, storeUrl) => {
    const cwd = fileURLToPath(new URL(`apps/${name}`, import.meta.url));
    const { status, stderr } = spawnSync(process.execPath, ["dist/main.js"], {
      cwd,
      env: {
        PATH: process.env.PATH,
        NODE_ENV: "production",
        PORT: "0",
        STORE_URL: storeUrl,
        APP_DB: `sqlite:${join(folder, `${name}-away.db`)}`,
        ...appSecrets,
      },
      encoding: "utf8",
      timeout: 25_000,
    });
    expect(stderr).toMatch(/^Could not start: [^\n]+\n$/);
    expect(status).toBe(1);
  });
});
