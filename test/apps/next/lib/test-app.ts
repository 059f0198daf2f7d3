import { type JobAnswer, openApp, type TestApp } from "@latchhook/test-app";

const shared = globalThis as { latchhookTestApp?: Promise<TestApp> | undefined };

/**
 * The app, opened once in this process. Next.js may load this module once for each route, so what all routes share
 * hangs on the global object. Where opening fails, the next request tries again.
 */
export function testApp(): Promise<TestApp> {
  shared.latchhookTestApp ??= open().catch((error: unknown) => {
    shared.latchhookTestApp = undefined;
    throw error;
  });
  return shared.latchhookTestApp;
}

async function open(): Promise<TestApp> {
  const app = await openApp(process.env);
  // Next.js sets it to the port that it listens on.
  app.listensAt(`http://127.0.0.1:${process.env.PORT}`);
  process.once("SIGTERM", () => void app.stopReconciler());
  return app;
}

/** A route's answer as Next.js wants it. */
export function toResponse({ status, body }: JobAnswer): Response {
  return Response.json(body, { status });
}
