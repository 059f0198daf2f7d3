import { serve } from "@hono/node-server";
import type { Delivery, WebhookEvent } from "@latchhook/core";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import { creativeai } from "@latchhook/core/providers/creativeai";
import { videogen } from "@latchhook/core/providers/videogen";
import { webhook } from "@latchhook/hono";
import { type SqliteDatabase, sqliteStore } from "@latchhook/stores/sqlite";
import { Hono } from "hono";

const store = sqliteStore({ path: process.env.DATABASE_PATH ?? "app.db" });

// The app's own table, in the file where the store keeps its records.
const database = await store.database();
database.exec("CREATE TABLE IF NOT EXISTS events (provider TEXT, type TEXT, job TEXT, status TEXT)");

/** One transaction for the row and the mark "done": exactly one row, whenever this process dies. */
async function persist({ provider, type, job }: WebhookEvent, delivery: Delivery<SqliteDatabase>) {
  await delivery.commit((transaction) => {
    transaction
      .prepare("INSERT INTO events (provider, type, job, status) VALUES (?, ?, ?, ?)")
      .run(provider, type, job?.id ?? null, job?.status ?? null);
  });
}

const webhooks = {
  "ai-stats": webhook({ provider: aiStats(), store, persist }), // reads AI_STATS_WEBHOOK_SECRET
  videogen: webhook({ provider: videogen(), store, persist }), // reads VIDEOGEN_WEBHOOK_SECRET
  creativeai: webhook({ provider: creativeai(), store, persist }), // reads CREATIVEAI_API_KEY
};

// Not strict: a trailing slash in the URL that a sender was given loses no delivery.
const app = new Hono({ strict: false });
for (const [name, handler] of Object.entries(webhooks)) app.all(`/webhooks/${name}`, handler);

const port = Number(process.env.PORT ?? 3000);
const server = serve({ fetch: app.fetch, port }, () => console.log(`Listening on port ${port}`));

// A new version is being deployed: accept no more, finish what is in flight, then let go of the database.
process.once("SIGTERM", async () => {
  server.close();
  for (const handler of Object.values(webhooks)) await handler.close();
  await store.close();
});
