import type { Delivery, WebhookEvent } from "@latchhook/core";
import { type SqliteDatabase, sqliteStore } from "@latchhook/stores/sqlite";

const store = sqliteStore({ path: process.env.DATABASE_PATH ?? "app.db" });

/** The store, once the app's own table is in its file. */
export async function openStore() {
  const database = await store.database();
  database.exec("CREATE TABLE IF NOT EXISTS events (provider TEXT, type TEXT, job TEXT, status TEXT)");
  return store;
}

/** One transaction for the row and the mark "done": exactly one row, whenever this process dies. */
export async function persist({ provider, type, job }: WebhookEvent, delivery: Delivery<SqliteDatabase>) {
  await delivery.commit((transaction) => {
    transaction
      .prepare("INSERT INTO events (provider, type, job, status) VALUES (?, ?, ?, ?)")
      .run(provider, type, job?.id ?? null, job?.status ?? null);
  });
}
