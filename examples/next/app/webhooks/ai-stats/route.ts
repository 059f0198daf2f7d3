import { aiStats } from "@latchhook/core/providers/ai-stats";
import { webhook } from "@latchhook/next";
import { openStore, persist } from "@/lib/events";

// Reads AI_STATS_WEBHOOK_SECRET. A function, for `next build` evaluates this module and has no secrets.
export const POST = webhook(async () => ({ provider: aiStats(), store: await openStore(), persist }));
