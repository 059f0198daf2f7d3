import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readSettings } from "../examples/app/src/settings.ts";

const folder = mkdtempSync(join(tmpdir(), "latchhook-settings-"));
symlinkSync(folder, join(folder, "link"));
afterAll(() => rmSync(folder, { recursive: true }));

const postgres = "postgres://app:one@db.example:5432/app";

describe("the examples write through commit where store and table are one database", () => {
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

describe("the examples refuse a wrong setting by name", () => {
  it.each([
    ["PORT", "65536"],
    ["PORT", "3000x"],
    ["PERSIST_DELAY_MS", "-1"],
    ["PERSIST_DELAY_MS", "1s"],
    ["LOG_OUTCOMES", "yes"],
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
