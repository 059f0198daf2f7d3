import { type ExampleApp, type JobAnswer, openApp } from "@latchhook/example-app";

const shared = globalThis as { latchhookExampleApp?: Promise<ExampleApp> | undefined };

/**
 * The app, opened once in this process. Next.js may load this module once for each route, so what all routes share
 * hangs on the global object. Where opening fails, the next request tries again.
 */
export function exampleApp(): Promise<ExampleApp> {
  shared.latchhookExampleApp ??= open().catch((error: unknown) => {
    shared.latchhookExampleApp = undefined;
    throw error;
  });
  return shared.latchhookExampleApp;
}

async function open(): Promise<ExampleApp> {
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
