import { aiStats } from "@latchhook/core/providers/ai-stats";
import { memoryStore } from "@latchhook/core/stores/memory";
import { webhook } from "@latchhook/next";
import { webhook as pagesWebhook } from "@latchhook/next/pages";
import type { NextApiHandler } from "next";
import type { NextRequest } from "next/server.js";

const store = memoryStore();
const seen: string[] = [];

export const POST: (request: NextRequest) => Promise<Response> = webhook(() => ({
  provider: aiStats(),
  store,
  persist: (event) => seen.push(event.id),
}));

export const handler: NextApiHandler = pagesWebhook(() => ({
  provider: aiStats(),
  store,
  persist: (event) => seen.push(event.id),
}));
