import { creativeai } from "@latchhook/core/providers/creativeai";
import { webhook } from "@latchhook/next";
import { openStore, persist } from "@/lib/events";

// Reads CREATIVEAI_API_KEY. A function, for `next build` evaluates this module and has no secrets.
export const POST = webhook(async () => ({ provider: creativeai(), store: await openStore(), persist }));
