import { type ExampleApp, openApp } from "@latchhook/example-app";

const shared = globalThis as { latchhookExampleApp?: Promise<ExampleApp> | undefined };

/**
 * The app, opened once in this process. Next.js may load this module once for each route, so what all routes share
 * hangs on the global object. Where opening fails, the next request tries again.
 */
export function exampleApp(): Promise<ExampleApp> {
  shared.latchhookExampleApp ??= openApp(process.env).catch((error: unknown) => {
    shared.latchhookExampleApp = undefined;
    throw error;
  });
  return shared.latchhookExampleApp;
}
