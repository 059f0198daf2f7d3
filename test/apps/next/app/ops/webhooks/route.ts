import { createReceiver } from "@latchhook/core";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import { creativeai } from "@latchhook/core/providers/creativeai";
import { videogen } from "@latchhook/core/providers/videogen";
import { monitor } from "@latchhook/monitor";
import { testApp } from "../../../lib/test-app.ts";

export const dynamic = "force-dynamic";

// Receivers of its own over the same store: routes can be bundled apart from each other.
const page = monitor(async () => {
  const app = await testApp();
  return app.monitorOptions([
    createReceiver(app.options(aiStats())),
    createReceiver(app.options(videogen())),
    createReceiver(app.options(creativeai())),
  ]);
});

export async function GET(request: Request): Promise<Response> {
  return (await testApp()).hasMonitor ? page.GET(request) : notFound();
}

export async function POST(request: Request): Promise<Response> {
  return (await testApp()).hasMonitor ? page.POST(request) : notFound();
}

function notFound(): Response {
  return new Response(null, { status: 404 });
}
