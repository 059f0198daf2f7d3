import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Receiver, Store } from "@latchhook/core";
import { signAiStats, toRequest } from "@latchhook/testing";
import { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  createDatabase,
  describeWithServer,
  findPostgres,
  findRedis,
  type TestDatabase,
} from "../../../test/support/servers.ts";
import { startUpstashServer } from "../../../test/support/upstash-server.ts";

const postgresServer = await findPostgres();
const redisServer = await findRedis();
const page = readFileSync(resolve(import.meta.dirname, "../../../docs/stores.md"), "utf8");
const secret = "whsec_only-for-the-documentation";

/** The snippets of docs/stores.md that begin with a file's name, by that name, exactly as they stand. */
const snippets = new Map(
  [...page.matchAll(/^```ts\n(\/\/ (\S+\.ts)\n[\s\S]*?)^```$/gm)].map(([, text = "", name = ""]) => [
    name,
    text,
  ]),
);

/** What a snippet exports. */
interface Snippet {
  readonly receiver?: Receiver;
  readonly store: Store;
  readonly pool?: { end(): Promise<void> };
  readonly sql?: { end(): Promise<void> };
  readonly client?: { destroy?(): void; disconnect?(): void };
}

// Inside the package, so that what the snippets import resolves as it does for the package.
const folder = mkdtempSync(join(import.meta.dirname, ".snippets-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function load(name: string): Promise<Snippet> {
  const text = snippets.get(name);
  if (text === undefined) throw new Error(`docs/stores.md has no snippet ${name}.`);
  writeFileSync(join(folder, name), text);
  return await import(/* @vite-ignore */ join(folder, name));
}

async function close({ store, pool, sql, client }: Snippet): Promise<void> {
  await store.close();
  await pool?.end();
  await sql?.end();
  client?.destroy?.();
  client?.disconnect?.();
}

/** Delivers a job's completion, and again, and tells what was answered. */
async function deliverTwice({ receiver }: Snippet, jobId: string): Promise<string[]> {
  if (receiver === undefined) throw new Error("The snippet exports no receiver.");
  const answers: string[] = [];
  for (const attempt of [1, 2]) {
    const response = await receiver.handle(
      toRequest(signAiStats({ secret, jobId, attempt }), "https://example.com/webhooks/ai-stats"),
    );
    answers.push(`${response.status} ${await response.text()}`);
  }
  return answers;
}

const processedOnce = ['200 {"received":true}', '200 {"received":true,"duplicate":true}'];

describe("the snippets of docs/stores.md", () => {
  beforeAll(() => {
    vi.stubEnv("AI_STATS_WEBHOOK_SECRET", secret);
    return () => vi.unstubAllEnvs();
  });

  it("are all run here", () => {
    expect([...snippets.keys()]).toEqual([
      "sqlite.ts",
      "pg.ts",
      "postgres.ts",
      "drizzle.ts",
      "kysely.ts",
      "node-redis.ts",
      "ioredis.ts",
      "upstash.ts",
    ]);
  });

  it("sqlite.ts commits once", async () => {
    vi.stubEnv("SQLITE_FILE", join(folder, "app.db"));
    const snippet = await load("sqlite.ts");
    expect(await deliverTwice(snippet, "video_sqlite")).toEqual(processedOnce);
    await close(snippet);
  });

  describeWithServer("for PostgreSQL", postgresServer, (serverUrl) => {
    let database: TestDatabase;
    let admin: Pool;

    beforeAll(async () => {
      database = await createDatabase(serverUrl);
      vi.stubEnv("DATABASE_URL", database.url);
      admin = new Pool({ connectionString: database.url, max: 1 });
      await admin.query("CREATE TABLE videos (id text NOT NULL CHECK (id <> 'refused'))");
    });

    afterAll(async () => {
      await admin.end();
      await database.drop();
    });

    const readVideos = async (): Promise<string[]> =>
      (await admin.query("SELECT id FROM videos ORDER BY id")).rows.map(({ id }) => id);

    it.each(["pg.ts", "postgres.ts", "drizzle.ts", "kysely.ts"])(
      "%s commits once, or not at all",
      async (name) => {
        vi.spyOn(console, "error").mockImplementation(() => {});
        await admin.query("TRUNCATE videos");
        const snippet = await load(name);
        const jobId = `video_${randomUUID()}`;
        expect(await deliverTwice(snippet, jobId)).toEqual(processedOnce);
        const refused = '500 {"error":"failed"}';
        expect(await deliverTwice(snippet, "refused")).toEqual([refused, refused]);
        expect(await readVideos()).toEqual([jobId]);
        await close(snippet);
        vi.restoreAllMocks();
      },
    );
  });

  describeWithServer("for Redis", redisServer, (url) => {
    beforeAll(async () => {
      const upstash = await startUpstashServer(url);
      vi.stubEnv("REDIS_URL", url);
      vi.stubEnv("UPSTASH_REDIS_REST_URL", upstash.url);
      vi.stubEnv("UPSTASH_REDIS_REST_TOKEN", upstash.token);
      return () => upstash.close();
    });

    it.each(["node-redis.ts", "ioredis.ts", "upstash.ts"])("%s makes a store", async (name) => {
      const snippet = await load(name);
      const key = randomUUID().replaceAll("-", "").repeat(2);
      const claimed = await snippet.store.claim(key, { owner: "one", leaseMs: 1_000, retainMs: 1 });
      expect(claimed).toMatchObject({ state: "claimed", attempt: 1 });
      await close(snippet);
    });
  });
});
