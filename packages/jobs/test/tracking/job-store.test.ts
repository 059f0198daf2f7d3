import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import type { JobStatus } from "@latchhook/core";
import type { JobNews, JobOwner, JobStore } from "@latchhook/jobs";
import { postgresJobs, printJobMigrations } from "@latchhook/jobs/postgres";
import { sqliteJobs } from "@latchhook/jobs/sqlite";
import fc from "fast-check";
import Database from "libsql";
import postgres from "postgres";
import { beforeAll, describe, expect, test } from "vitest";
import { createDatabase, describeWithServer, findPostgres } from "../../../../test/support/servers.ts";
import { describeJobStores } from "../support/job-stores.ts";

function news(id: string, more: Partial<JobNews> = {}): JobNews {
  return {
    id,
    status: "queued",
    progress: null,
    settled: false,
    checkInMs: 60_000,
    authoritative: false,
    ...more,
  };
}

/** An owner of its own for each test: what it does disturbs no other. */
function anOwner(): JobOwner {
  return { scope: randomUUID(), provider: "ai-stats" };
}

const ends: readonly JobStatus[] = ["completed", "failed", "cancelled", "expired"];
const statuses: readonly JobStatus[] = ["queued", "processing", ...ends];
const rank = (status: JobStatus): number => Math.min(statuses.indexOf(status), 2);

describeJobStores("a table of jobs", (open) => {
  let store: JobStore;
  beforeAll(async () => {
    store = await open();
  });

  test.each(statuses.flatMap((from) => statuses.map((to) => [from, to] as const)))(
    "%s, then %s",
    async (from, to) => {
      const owner = anOwner();
      await store.advance(owner, news("j1", { status: from, settled: rank(from) === 2 }));
      const after = await store.advance(owner, news("j1", { status: to, settled: rank(to) === 2 }));
      expect(after.status).toBe(rank(to) > rank(from) ? to : from);
      expect(after.terminal).toBe(rank(after.status) === 2);
      expect(after).toEqual(await store.get(owner, "j1"));
    },
  );

  test("an end gives way to another only where the sender says so, and to nothing else", async () => {
    const owner = anOwner();
    await store.advance(owner, news("j1", { status: "completed", settled: true }));
    const told = await store.advance(owner, news("j1", { status: "failed", authoritative: true }));
    expect([told.status, told.settled]).toEqual(["failed", false]);
    const back = await store.advance(owner, news("j1", { status: "processing", authoritative: true }));
    expect(back.status).toBe("failed");
  });

  test("a settled end stays settled", async () => {
    const owner = anOwner();
    await store.advance(owner, news("j1", { status: "completed", settled: true }));
    const again = await store.advance(
      owner,
      news("j1", { status: "completed", settled: false, authoritative: true }),
    );
    expect(again.settled).toBe(true);
  });

  test("progress only grows, and not after the end", async () => {
    const owner = anOwner();
    const seen: (number | null)[] = [];
    const steps = [
      ["processing", null],
      ["processing", 50],
      ["processing", 20],
      ["processing", null],
      ["processing", 95],
      ["failed", null],
      ["processing", 99],
    ] as const;
    for (const [status, progress] of steps) {
      seen.push((await store.advance(owner, news("j1", { status, progress }))).progress);
    }
    expect(seen).toEqual([null, 50, 50, 50, 95, 95, 95]);
  });

  test("any order of any news, twice over, ends in the same state", async () => {
    const step = fc.constantFrom<JobStatus>("queued", "processing", "completed");
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        const owner = anOwner();
        for (const status of [...steps, ...steps]) await store.advance(owner, news("j1", { status }));
        const expected = statuses[Math.max(...steps.map(rank))];
        expect((await store.get(owner, "j1"))?.status).toBe(expected);
      }),
      { numRuns: 20 },
    );
  });

  test.each([
    "10 kB ".repeat(1_700),
    "nul \u0000 inside",
    "lone \ud800 surrogate",
    "' OR 1=1; --",
    "../../x",
    "日の出 🌅",
    "line\r\nbreak",
  ])("keeps the id %j as it is, apart from others", async (id) => {
    const owner = anOwner();
    await store.advance(owner, news(id, { status: "completed" }));
    await store.advance(owner, news(`${id}2`));
    expect(await store.get(owner, id)).toMatchObject({ id, status: "completed" });
    expect((await store.list(owner, { limit: 10 })).map((job) => job.id).sort()).toEqual(
      [id, `${id}2`].sort(),
    );
  });

  test("scopes and providers are apart", async () => {
    const [one, two] = [anOwner(), anOwner()];
    await store.advance(one, news("j1", { status: "completed" }));
    await store.advance({ ...one, provider: "creativeai" }, news("j1"));
    await store.advance(two, news("j1"));
    expect((await store.get(one, "j1"))?.status).toBe("completed");
    expect((await store.get({ ...one, provider: "creativeai" }, "j1"))?.status).toBe("queued");
    expect(await store.get(two, "j2")).toBeNull();
  });

  test("claims what is due and unsettled, once, for as long as the lease", async () => {
    const owner = anOwner();
    await store.advance(owner, news("due", { checkInMs: -1 }));
    await store.advance(owner, news("later"));
    await store.advance(owner, news("ended", { status: "completed", settled: true, checkInMs: -1 }));
    await store.advance(owner, news("unsettled", { status: "completed", checkInMs: -1 }));
    const claimed = await store.claimDue(owner, { limit: 10, leaseMs: 200 });
    expect(claimed.map(({ id }) => id).sort()).toEqual(["due", "unsettled"]);
    expect(await store.claimDue(owner, { limit: 10, leaseMs: 200 })).toEqual([]);
    await expect
      .poll(async () => (await store.claimDue(owner, { limit: 10, leaseMs: 10_000 })).length, {
        interval: 50,
      })
      .toBe(2);
  });

  test("many processes that claim at once share the jobs out without overlap", async () => {
    const owner = anOwner();
    const ids = Array.from({ length: 40 }, (_, index) => `j${index}`);
    for (const id of ids) await store.advance(owner, news(id, { checkInMs: -1 }));
    const stores = await Promise.all(Array.from({ length: 4 }, open));
    const claims = await Promise.all(
      stores.flatMap((other) =>
        Array.from({ length: 4 }, async () => other.claimDue(owner, { limit: 5, leaseMs: 60_000 })),
      ),
    );
    const claimed = claims.flat().map(({ id }) => id);
    expect(new Set(claimed).size).toBe(claimed.length);
    const rest = await store.claimDue(owner, { limit: 100, leaseMs: 60_000 });
    expect([...claimed, ...rest.map(({ id }) => id)].sort()).toEqual([...ids].sort());
  });

  test("many processes that record one job at once agree on its end", async () => {
    const owner = anOwner();
    const stores = await Promise.all(Array.from({ length: 4 }, open));
    const all = ["queued", "processing", "completed", "processing", "queued"] as const;
    await Promise.all(
      stores.flatMap((other) => all.map((status) => other.advance(owner, news("j1", { status })))),
    );
    expect((await store.get(owner, "j1"))?.status).toBe("completed");
  });

  test("postpones with what was met; news clears it; a settled job is left alone unless it is put in doubt", async () => {
    const owner = anOwner();
    await store.advance(owner, news("j1"));
    await store.postpone(owner, "j1", { checkInMs: -1, failures: 3, problem: "not-found", asked: true });
    expect(await store.get(owner, "j1")).toMatchObject({ failures: 3, problem: "not-found" });
    expect(await store.claimDue(owner, { limit: 1, leaseMs: 1_000 })).toHaveLength(1);
    const after = await store.advance(owner, news("j1", { status: "completed", settled: true }));
    expect(after).toMatchObject({ failures: 0, problem: null });
    await store.postpone(owner, "j1", { checkInMs: -1, failures: 1, problem: "timeout", asked: true });
    expect(await store.get(owner, "j1")).toMatchObject({ settled: true, problem: null });
    await store.postpone(owner, "j1", {
      checkInMs: -1,
      failures: 0,
      problem: null,
      asked: true,
      unsettle: true,
    });
    expect(await store.claimDue(owner, { limit: 1, leaseMs: 1_000 })).toMatchObject([
      { id: "j1", settled: false },
    ]);
  });

  test("lists the newest first, and purges what is settled and old", async () => {
    const owner = anOwner();
    for (const id of ["a", "b", "c"]) {
      await store.advance(owner, news(id, { status: "completed", settled: id !== "c" }));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect((await store.list(owner, { limit: 2 })).map(({ id }) => id)).toEqual(["c", "b"]);
    expect((await store.list(owner, { limit: 2, before: "b" })).map(({ id }) => id)).toEqual(["a"]);
    expect(await store.list(owner, { limit: 2, before: "nobody" })).toEqual([]);
    expect(await store.purge(owner, 60_000, 10)).toBe(0);
    expect(await store.purge(owner, 0, 1)).toBe(1);
    expect(await store.purge(owner, 0, 10)).toBe(1);
    expect((await store.list(owner, { limit: 10 })).map(({ id }) => id)).toEqual(["c"]);
  });

  test("pages skip none, also of those that were created in one millisecond", async () => {
    const owner = anOwner();
    const ids = Array.from({ length: 23 }, (_, index) => `j${index}`);
    await Promise.all(ids.map((id) => store.advance(owner, news(id))));
    const found: string[] = [];
    for (let page = await store.list(owner, { limit: 5 }); page.length > 0; ) {
      found.push(...page.map(({ id }) => id));
      page = await store.list(owner, { limit: 5, before: found.at(-1) });
    }
    expect(found.sort()).toEqual(ids.sort());
  });

  test("says when the sender was last asked, and not of news or of what could not be asked", async () => {
    const owner = anOwner();
    const checkedAt = async () => (await store.get(owner, "j1"))?.checkedAt ?? null;
    await store.advance(owner, news("j1"));
    await store.postpone(owner, "j1", { checkInMs: 1, failures: 1, problem: "overdue", asked: false });
    expect(await checkedAt()).toBeNull();
    await store.postpone(owner, "j1", { checkInMs: 1, failures: 1, problem: "timeout", asked: true });
    const failed = await checkedAt();
    expect(Math.abs(Date.now() - Number(failed))).toBeLessThan(60_000);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await store.advance(owner, news("j1", { status: "processing" }));
    expect(await checkedAt()).toEqual(failed);
    await store.advance(owner, news("j1", { status: "processing", authoritative: true }));
    expect(Number(await checkedAt())).toBeGreaterThan(Number(failed));
  });

  test("keeps where a job was created, as it was said first", async () => {
    const owner = anOwner();
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    await store.advance(owner, news("j1", { kind: "batch", traceparent }));
    await store.advance(owner, news("j1", { status: "processing", traceparent: `${traceparent}-later` }));
    expect(await store.get(owner, "j1")).toMatchObject({ id: "j1", kind: "batch", traceparent });
    await store.advance(owner, news("j2", { traceparent }));
    expect(await store.get(owner, "j2")).toMatchObject({
      id: "j2",
      kind: null,
      projectId: null,
      traceparent,
    });
    expect(await store.advance(owner, news("j3", { kind: "batch" }))).toMatchObject({ traceparent: null });
    expect(await store.advance(owner, news("j4"))).toMatchObject({ traceparent: null });
  });

  test("counts an owner's jobs by status", async () => {
    const owner = anOwner();
    expect(await store.count(owner)).toEqual([]);
    for (const id of ["a", "b", "c"]) await store.advance(owner, news(id));
    await store.advance(owner, news("c", { status: "failed", settled: true }));
    await store.advance(anOwner(), news("d"));
    const counts = await store.count(owner);
    expect(counts.toSorted((one, other) => other.count - one.count)).toEqual([
      { provider: "ai-stats", status: "queued", count: 2 },
      { provider: "ai-stats", status: "failed", count: 1 },
    ]);
  });

  test("migrates as often as it likes", async () => {
    await Promise.all([store.migrate(), store.migrate(), (await open()).migrate()]);
    expect(await store.get(anOwner(), "nobody")).toBeNull();
  });
});

/** One of everything. */
async function tryOut(store: JobStore): Promise<void> {
  const owner = anOwner();
  await store.migrate();
  await store.advance(owner, news("j1", { progress: 5, checkInMs: -1 }));
  expect(await store.claimDue(owner, { limit: 5, leaseMs: 1_000 })).toMatchObject([
    { id: "j1", progress: 5 },
  ]);
  await store.postpone(owner, "j1", { checkInMs: 1, failures: 1, problem: "timeout", asked: true });
  await store.advance(owner, news("j1", { status: "completed", settled: true, authoritative: true }));
  expect(await store.list(owner, { limit: 5 })).toMatchObject([
    { id: "j1", status: "completed", settled: true, problem: null },
  ]);
  expect(await store.purge(owner, 0, 5)).toBe(1);
  await store.close();
}

describe("clients", () => {
  test("the application's own SQLite connection, which stays open", async () => {
    const directory = await mkdtemp(join(tmpdir(), "latchhook-jobs-"));
    const database = new Database(join(directory, "app.db"));
    await tryOut(sqliteJobs({ database, table: "app_jobs" }));
    expect(database.prepare("SELECT count(*) AS n FROM app_jobs").all()).toEqual([{ n: 0 }]);
    database.close();
    await rm(directory, { recursive: true });
  });

  test("a file that cannot be opened rejects, and is tried again", async () => {
    const directory = await mkdtemp(join(tmpdir(), "latchhook-jobs-"));
    await writeFile(join(directory, "file"), "in the way");
    const store = sqliteJobs({ path: join(directory, "file", "jobs.db") });
    await expect(store.get(anOwner(), "j1")).rejects.toThrow();
    await rm(join(directory, "file"));
    expect(await store.get(anOwner(), "j1")).toBeNull();
    await store.close();
    await rm(directory, { recursive: true });
  });

  test("PGlite", async () => {
    const client = new PGlite();
    await tryOut(postgresJobs({ client, schema: "public", tablePrefix: "app_" }));
    await client.close();
  });
});

describeWithServer("clients with a server", await findPostgres(), (serverUrl) => {
  test("postgres, in a schema and under a prefix of its own; without the table it says what to run", async () => {
    const created = await createDatabase(serverUrl);
    const sql = postgres(created.url, { max: 2, onnotice: () => {} });
    const store = postgresJobs({ client: sql, tablePrefix: "app_" });
    await expect(store.get(anOwner(), "j1")).rejects.toMatchObject({ code: "store-misconfigured" });
    await tryOut(store);
    await sql.end();
    await created.drop();
  });
});

describe("options", () => {
  test.each([
    [() => sqliteJobs({}), "either { path } or { database }"],
    [() => sqliteJobs({ path: "x.db", table: "a b" }), "plain SQL name"],
    [() => postgresJobs({ client: {} as never }), "client must be"],
    [() => printJobMigrations({ schema: 'x"; DROP' }), "plain SQL name"],
  ])("%o is refused", (make, message) => {
    expect(make).toThrow(expect.objectContaining({ code: "invalid-option" }));
    expect(make).toThrow(message);
  });

  test("the printed SQL names the table", () => {
    expect(printJobMigrations({ schema: "webhooks" })).toContain(
      'CREATE TABLE IF NOT EXISTS "webhooks"."latchhook_jobs"',
    );
  });
});
