import { videogen } from "@latchhook/core/providers/videogen";
import { webhook } from "@latchhook/next";
import { openStore, persist } from "@/lib/events";

// Reads VIDEOGEN_WEBHOOK_SECRET. A function, for `next build` evaluates this module and has no secrets.
export const POST = webhook(async () => ({ provider: videogen(), store: await openStore(), persist }));
