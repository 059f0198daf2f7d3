import { aiStats } from "@latchhook/core/providers/ai-stats";
import { webhook } from "@latchhook/express";
import { sqliteStore } from "@latchhook/stores/sqlite";
import express from "express";

const videos = new Map<string, string | null | undefined>();

const app = express();
app.all(
  "/webhooks/ai-stats",
  webhook({
    provider: aiStats({ secret: "whsec_test" }),
    store: sqliteStore({ path: "deliveries.db" }),
    async persist(event, delivery) {
      if (event.type === "video.completed") {
        const url: string | null | undefined = event.data.content_url;
        await delivery.commit(() => videos.set(event.data.id, url));
      }
    },
  }),
);

export { app };
