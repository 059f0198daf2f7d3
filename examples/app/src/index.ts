export type { EventRow } from "./event-row.ts";
export { type ExampleApp, openApp } from "./example-app.ts";
export { run, type ServeOptions, serve, serverOptions } from "./serve.ts";
