export type { EventRow } from "./event-row.ts";
export { type ExampleApp, openApp } from "./example-app.ts";
export type { JobAnswer, JobRoutes } from "./job-routes.ts";
export { readJson } from "./read-json.ts";
export { run, type ServeOptions, serve, serverOptions } from "./serve.ts";
