import { creativeai } from "@latchhook/core/providers/creativeai";
import { videogen } from "@latchhook/core/providers/videogen";
import { memoryStore } from "@latchhook/core/stores/memory";
import { webhook } from "@latchhook/hono";
import { type Context, Hono } from "hono";

interface Environment {
  readonly Bindings: { readonly SECRET: string };
}

const store = memoryStore();
const seen: string[] = [];

const app = new Hono<Environment>();
// The shortest form, and the one that has every type.
app.post(
  "/webhooks/short",
  webhook((c) => ({
    provider: videogen({ secret: c.env.SECRET }),
    store,
    persist: (event) => seen.push(event.id),
  })),
);
app.post(
  "/webhooks/typed",
  webhook((c: Context<Environment>) => ({
    provider: videogen({ secret: c.env.SECRET }),
    store,
    persist(event) {
      if (event.type === "tool_execution.succeeded") seen.push(event.data.toolExecutionId);
    },
  })),
);
app.post(
  "/webhooks/creativeai",
  webhook({
    provider: creativeai({ secret: ["sk_new", "sk_old"] }),
    store,
    persist(event) {
      if (event.type === "video.generation.completed") seen.push(event.data.output_url ?? "none");
    },
  }),
);

export { app };
