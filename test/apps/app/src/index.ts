export type { EventRow } from "./event-row.ts";
export type { JobAnswer, JobRoutes } from "./job-routes.ts";
export { readJson } from "./read-json.ts";
export { run, serve, serverOptions } from "./serve.ts";
export { openApp, type TestApp } from "./test-app.ts";
