export type { Access } from "./access.ts";
export { type BasicUser, basicAuth } from "./basic-auth.ts";
export type { JobListOptions, MonitoredJob, MonitoredJobs } from "./data/monitored-jobs.ts";
export { type FetchContext, type MonitorHandler, monitor } from "./monitor.ts";
export type { MonitoredWebhook, MonitorOptions, MonitorSource } from "./options.ts";
