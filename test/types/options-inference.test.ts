import { spawnSync } from "node:child_process";
import type { IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Store } from "@latchhook/core";
import { type AiStatsVideo, aiStats } from "@latchhook/core/providers/ai-stats";
import { memoryStore } from "@latchhook/core/stores/memory";
import { webhook as express } from "@latchhook/express";
import { webhook as hono } from "@latchhook/hono";
import { webhook as next } from "@latchhook/next";
import { webhook as nextPages } from "@latchhook/next/pages";
import { postgresStore } from "@latchhook/stores/postgres";
import { sqliteStore } from "@latchhook/stores/sqlite";
import type { Request as ExpressRequest } from "express";
import { type Context, Hono } from "hono";
import type { NextApiRequest } from "next";
import { Pool, type PoolClient } from "pg";
import postgres, { type TransactionSql } from "postgres";
import { describe, expect, expectTypeOf, it } from "vitest";
import * as z from "zod";

const secret = "whsec_inference-0123456789";
const provider = aiStats({ secret });
const memory = memoryStore();

interface Bindings {
  readonly SECRET: string;
  readonly HYPERDRIVE: { readonly connectionString: string };
}
type Environment = { Bindings: Bindings };

// Functions that are only compiled: their clients would look for a server.
const compiled: (() => unknown)[] = [];

describe("what TypeScript infers of options", () => {
  // What is written below is checked by the compiler alone, which the test runner does not ask.
  it("is what this file says", () => {
    const compiler = join(createRequire(import.meta.url).resolve("typescript/package.json"), "../bin/tsc");
    const { status, stdout } = spawnSync(process.execPath, [compiler, "-p", import.meta.dirname], {
      encoding: "utf8",
      timeout: 100_000,
    });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  }, 120_000);

  it("in the direct form", () => {
    compiled.push(() =>
      hono({
        provider,
        store: sqliteStore({ path: "never.db" }),
        async persist(event, { commit }) {
          if (event.type === "video.completed") expectTypeOf(event.data).toEqualTypeOf<AiStatsVideo>();
          await commit((transaction) => transaction.prepare("INSERT INTO videos VALUES (?)").run(event.id));
        },
      }),
    );
    // @ts-expect-error an option's name is misspelt
    compiled.push(() => hono({ provider, store: memory, persist() {}, leesMs: 5_000 }));
    // @ts-expect-error a required option is missing
    compiled.push(() => hono({ provider, store: memory }));
  });

  it("in a function without a parameter", () => {
    compiled.push(() =>
      hono(() => ({
        provider,
        store: postgresStore({ client: new Pool() }),
        async persist(event, { commit }) {
          if (event.type === "video.completed") expectTypeOf(event.data).toEqualTypeOf<AiStatsVideo>();
          await commit((transaction) => expectTypeOf(transaction).toEqualTypeOf<PoolClient>());
        },
      })),
    );
    compiled.push(() =>
      next(() => ({
        provider,
        store: postgresStore({ client: new Pool() }),
        async persist(event, { commit }) {
          if (event.type === "video.completed") expectTypeOf(event.data).toEqualTypeOf<AiStatsVideo>();
          await commit((transaction) => expectTypeOf(transaction).toEqualTypeOf<PoolClient>());
        },
      })),
    );
    compiled.push(() =>
      nextPages(() => ({
        provider,
        store: postgresStore({ client: new Pool() }),
        async persist(event, { commit }) {
          if (event.type === "video.completed") expectTypeOf(event.data).toEqualTypeOf<AiStatsVideo>();
          await commit((transaction) => expectTypeOf(transaction).toEqualTypeOf<PoolClient>());
        },
      })),
    );
    compiled.push(() =>
      express(() => ({
        provider,
        store: postgresStore({ client: new Pool() }),
        async persist(event, { commit }) {
          if (event.type === "video.completed") expectTypeOf(event.data).toEqualTypeOf<AiStatsVideo>();
          await commit((transaction) => expectTypeOf(transaction).toEqualTypeOf<PoolClient>());
        },
      })),
    );
  });

  it("in an async function", () => {
    compiled.push(() =>
      next(async () => {
        const sql = postgres();
        return {
          provider,
          store: postgresStore({ client: sql }),
          async persist(event, { commit }) {
            if (event.type === "video.completed") expectTypeOf(event.data).toEqualTypeOf<AiStatsVideo>();
            await commit((transaction) => expectTypeOf(transaction).toEqualTypeOf<TransactionSql>());
          },
          dispose: () => sql.end(),
        };
      }),
    );
  });

  it("in Hono, in a function whose parameter is annotated", () => {
    const app = new Hono<Environment>();
    compiled.push(() =>
      app.all(
        "/webhooks",
        hono((c: Context<Environment>) => {
          expectTypeOf(c.env).toEqualTypeOf<Bindings>();
          const pool = new Pool({ connectionString: c.env.HYPERDRIVE.connectionString });
          return {
            provider: aiStats({ secret: c.env.SECRET }),
            store: postgresStore({ client: pool }),
            async persist(event, { commit }) {
              if (event.type === "video.completed") expectTypeOf(event.data).toEqualTypeOf<AiStatsVideo>();
              await commit((transaction) => expectTypeOf(transaction).toEqualTypeOf<PoolClient>());
            },
            dispose: () => pool.end(),
          };
        }),
      ),
    );
    compiled.push(() =>
      // @ts-expect-error a required option is missing
      hono((_c: Context<Environment>) => ({ provider, store: memory })),
    );
    compiled.push(() =>
      // @ts-expect-error an option is of another type
      hono((_c: Context<Environment>) => ({ provider, store: memory, persist() {}, leaseMs: "4 s" })),
    );
  });

  it("elsewhere, in a function whose parameter is annotated", () => {
    const store = memory as Store<{ insert(row: string): void }>;
    compiled.push(
      () =>
        next((request: Request) => ({
          provider: aiStats({ secret: request.url }),
          store,
          async persist(event, { commit }) {
            if (event.type === "video.completed") expectTypeOf(event.data).toEqualTypeOf<AiStatsVideo>();
            await commit((transaction) => transaction.insert(event.id));
          },
        })),
      () =>
        nextPages((request: NextApiRequest) => ({
          provider: aiStats({ secret: String(request.query.tenant) }),
          store,
          async persist(event, { commit }) {
            if (event.type === "video.completed") expectTypeOf(event.data).toEqualTypeOf<AiStatsVideo>();
            await commit((transaction) => transaction.insert(event.id));
          },
        })),
      () =>
        express((request: ExpressRequest) => ({
          provider: aiStats({ secret: String(request.params.tenant) }),
          store,
          async persist(event, { commit }) {
            if (event.type === "video.completed") expectTypeOf(event.data).toEqualTypeOf<AiStatsVideo>();
            await commit((transaction) => transaction.insert(event.id));
          },
        })),
    );
    compiled.push(() => express((_request: IncomingMessage) => ({ provider, store, persist() {} })));
  });

  it("with a schema", () => {
    const schema = z.object({ id: z.string(), paidAt: z.coerce.date() });
    compiled.push(() =>
      hono((c: Context<Environment>) => ({
        provider: aiStats({ secret: c.env.SECRET }),
        store: memory,
        schema,
        persist(event) {
          if (event.known) expectTypeOf(event.data).toEqualTypeOf<{ id: string; paidAt: Date }>();
          else expectTypeOf(event.data).toEqualTypeOf<unknown>();
        },
      })),
    );
  });

  it("and not where a parameter is left to it: event.data is unknown", () => {
    compiled.push(() =>
      hono((c) => ({
        provider: aiStats({ secret: c.env.SECRET }),
        store: memory,
        persist: (event) => expectTypeOf(event.data).toEqualTypeOf<unknown>(),
      })),
    );
  });
});
