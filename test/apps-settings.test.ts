import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { jobSenders } from "./apps/app/src/job-senders.ts";
import type { JobSettings } from "./apps/app/src/job-settings.ts";
import { readSettings } from "./apps/app/src/settings.ts";

const folder = mkdtempSync(join(tmpdir(), "latchhook-settings-"));
symlinkSync(folder, join(folder, "link"));
afterAll(() => rmSync(folder, { recursive: true }));

const postgres = "postgres://app:one@db.example:5432/app";

describe("the apps write through commit where store and table are one database", () => {
  it.each([
    [undefined, undefined, true],
    ["sqlite:./data/app.db", "sqlite:data/../data/app.db", true],
    [`sqlite:${folder}/a.db`, `sqlite:///${folder}/link/a.db`, true],
    [`sqlite:${folder}/a.db`, `sqlite:${folder}/b.db`, false],
    [postgres, undefined, true],
    [postgres, "postgresql://app:two@DB.example/app", true],
    [postgres, "postgres://app:one@db.example/other", false],
    [postgres, "postgres://app:one@db.example/app?options=-csearch_path%3Dother", false],
    [postgres, "sqlite:./data/app.db", false],
    ["memory:", undefined, false],
    ["redis://127.0.0.1:6379", undefined, false],
  ])("STORE_URL %s, APP_DB %s: %s", (STORE_URL, APP_DB, shared) => {
    expect(readSettings({ NODE_ENV: "test", STORE_URL, APP_DB }).shared).toBe(shared);
  });
});

describe("the apps refuse a wrong setting by name", () => {
  it.each([
    ["PORT", "65536"],
    ["PORT", "3000x"],
    ["PERSIST_DELAY_MS", "-1"],
    ["PERSIST_DELAY_MS", "1s"],
    ["LOG_OUTCOMES", "yes"],
    ["INBOX_BODY", "some"],
    ["SENDER_URL", "secret.example"],
    ["SENDER_URL", "http://secret.example"],
    ["SENDER_URL", "ftp://127.0.0.1"],
    ["STORE_URL", "mysql://app:secret@127.0.0.1/app"],
    ["STORE_URL", "sqlite:"],
    ["STORE_URL", "sqlite://data/app.db"],
    ["STORE_URL", "sqlite::memory:"],
    ["APP_DB", "memory:"],
    ["APP_DB", "redis://:secret@127.0.0.1:6379"],
  ])("%s=%s", (name, value) => {
    const read = () => readSettings({ NODE_ENV: "test", [name]: value });
    expect(read).toThrow(new RegExp(`^${name}\\b`));
    expect(read).not.toThrow("secret");
  });
});

describe("the apps have jobs where SENDER_URL is set", () => {
  const local = { NODE_ENV: "test", SENDER_URL: "http://127.0.0.1:4747" } as const;
  const remote = { NODE_ENV: "test", SENDER_URL: "https://api.example.com" } as const;

  it("has none without it, or where it is empty", () => {
    expect(readSettings({ NODE_ENV: "test" }).jobs).toBeUndefined();
    expect(readSettings({ NODE_ENV: "test", SENDER_URL: "", RECONCILE_EVERY_MS: "x" }).jobs).toBeUndefined();
  });

  it("needs nothing more with the sandbox", () => {
    expect(readSettings(local).jobs).toMatchObject({
      local: true,
      publicUrl: undefined,
      reconcileEveryMs: 60_000,
      overdueAfterMs: 120_000,
    });
  });

  it("asks only AI Stats at an address that is not this machine", () => {
    const jobs = readSettings({
      ...remote,
      AI_STATS_API_KEY: "one",
      PUBLIC_URL: "https://app.example.com/",
    }).jobs;
    expect(jobs).toMatchObject({ local: false, publicUrl: "https://app.example.com" });
    vi.stubEnv("AI_STATS_WEBHOOK_SECRET", "two");
    vi.stubEnv("VIDEOGEN_WEBHOOK_SECRET", `whsec_${Buffer.alloc(32).toString("base64")}`);
    const names = jobSenders(jobs as JobSettings).map(({ provider, create }) => [
      provider.name,
      create !== undefined,
    ]);
    expect(names).toEqual([
      ["ai-stats", true],
      ["videogen", false],
    ]);
    vi.unstubAllEnvs();
  });

  it.each([
    ["AI_STATS_API_KEY", { ...remote, PUBLIC_URL: "https://app.example.com" }],
    ["PUBLIC_URL", { ...remote, AI_STATS_API_KEY: "secret" }],
    ["PUBLIC_URL", { ...remote, AI_STATS_API_KEY: "secret", PUBLIC_URL: "http://127.0.0.1:3000" }],
    ["PUBLIC_URL", { ...remote, AI_STATS_API_KEY: "secret", PUBLIC_URL: "https://10.0.0.1" }],
    ["PUBLIC_URL", { ...local, PUBLIC_URL: "http://10.0.0.1" }],
    ["RECONCILE_EVERY_MS", { ...local, RECONCILE_EVERY_MS: "0" }],
    ["OVERDUE_AFTER_MS", { ...local, OVERDUE_AFTER_MS: "1m" }],
  ])("refuses a wrong or missing %s by name", (name, environment) => {
    const read = () => readSettings(environment);
    expect(read).toThrow(new RegExp(`^${name}\\b`));
    expect(read).not.toThrow("secret");
  });
});
