import type { Delivery, WebhookEvent } from "@latchhook/core";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import { webhook as honoWebhook } from "@latchhook/hono";
import { webhook as nextWebhook } from "@latchhook/next";
import { postgresStore } from "@latchhook/stores/postgres";
import { type Context, type ExecutionContext, Hono } from "hono";
import { Pool, type PoolClient } from "pg";
import postgres, { type TransactionSql } from "postgres";

interface Bindings {
  readonly SECRET: string;
  readonly HYPERDRIVE: { readonly connectionString: string };
  /** The database without Hyperdrive. */
  readonly DATABASE_URL: string;
}

/** How a route differs from the others. */
interface Route {
  readonly name: string;
  readonly client: "pg" | "postgres";
  readonly address: "hyperdrive" | "direct";
  readonly dispose?: "ends" | "throws";
  /** How long `persist` takes before it writes. */
  readonly delayMs?: number;
}

const routes = (["pg", "postgres"] as const).flatMap((client): Route[] => [
  { name: `${client}`, client, address: "hyperdrive" },
  { name: `${client}-disposed`, client, address: "hyperdrive", dispose: "ends" },
  { name: `${client}-broken`, client, address: "hyperdrive", dispose: "throws" },
  { name: `${client}-late`, client, address: "hyperdrive", dispose: "ends", delayMs: 1_000 },
  { name: `${client}-direct`, client, address: "direct", dispose: "ends" },
]);

/** What was done, for the test to ask: plain data may outlive its request, a socket may not. */
const calls: string[] = [];

/** What the options of all routes share. */
function commonOptions({ name, delayMs }: Route, { SECRET }: Bindings) {
  calls.push(`${name} made`);
  const limits = delayMs === undefined ? {} : { deadlineMs: delayMs / 3 };
  return { provider: aiStats({ secret: SECRET }), scope: name, ...limits };
}

function disposal({ name, dispose }: Route, end: () => Promise<void>): { dispose?: () => Promise<void> } {
  if (dispose === undefined) return {};
  return {
    async dispose() {
      calls.push(`${name} disposed`);
      await end();
      if (dispose === "throws") throw new Error("told to fail");
      calls.push(`${name} ended`);
    },
  };
}

function addressOf({ address }: Route, { HYPERDRIVE, DATABASE_URL }: Bindings): string {
  return address === "direct" ? DATABASE_URL : HYPERDRIVE.connectionString;
}

async function before(route: Route): Promise<void> {
  if (route.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, route.delayMs));
}

function pgOptions(route: Route, bindings: Bindings) {
  const pool = new Pool({ connectionString: addressOf(route, bindings), max: 5 });
  // On Workers a pool that is ended reports "Stream was cancelled" for each connection.
  pool.on("error", () => {});
  return {
    ...commonOptions(route, bindings),
    store: postgresStore({ client: pool }),
    async persist(event: WebhookEvent, delivery: Delivery<PoolClient>) {
      await before(route);
      await delivery.commit((client) =>
        client.query("INSERT INTO effects (route, id) VALUES ($1, $2)", [route.name, event.job?.id]),
      );
      calls.push(`${route.name} persisted`);
    },
    ...disposal(route, () => pool.end()),
  };
}

function postgresOptions(route: Route, bindings: Bindings) {
  const sql = postgres(addressOf(route, bindings), {
    max: 5,
    debug(_connection, query) {
      if (query.includes("max(version)")) calls.push(`${route.name} checked`);
    },
  });
  return {
    ...commonOptions(route, bindings),
    store: postgresStore({ client: sql }),
    async persist(event: WebhookEvent, delivery: Delivery<TransactionSql>) {
      await before(route);
      await delivery.commit(
        (transaction) =>
          transaction`INSERT INTO effects (route, id) VALUES (${route.name}, ${event.job?.id ?? null})`,
      );
      calls.push(`${route.name} persisted`);
    },
    ...disposal(route, () => sql.end()),
  };
}

const app = new Hono<{ Bindings: Bindings }>();
app.get("/calls", (c) => c.json(calls));

/** What `getCloudflareContext()` of OpenNext gives a route handler. */
let cloudflare: { readonly env: Bindings };

for (const route of routes) {
  const onHono =
    route.client === "pg"
      ? honoWebhook((c: Context<{ Bindings: Bindings }>) => pgOptions(route, c.env))
      : honoWebhook((c: Context<{ Bindings: Bindings }>) => postgresOptions(route, c.env));
  const inNext = { ...route, name: `next-${route.name}` };
  const onNext =
    route.client === "pg"
      ? nextWebhook(() => pgOptions(inNext, cloudflare.env))
      : nextWebhook(() => postgresOptions(inNext, cloudflare.env));
  app.all(`/${route.name}`, onHono);
  app.all(`/${inNext.name}`, (c) => onNext(c.req.raw));
}

export default {
  fetch(request: Request, env: Bindings, executionContext: ExecutionContext) {
    // As OpenNext does for each request: Next's own `after()` and latchhook take `waitUntil` from there.
    cloudflare = { env };
    Object.assign(globalThis, {
      [Symbol.for("@next/request-context")]: {
        get: () => ({ waitUntil: (work: Promise<unknown>) => executionContext.waitUntil(work) }),
      },
    });
    return app.fetch(request, env, executionContext);
  },
};
