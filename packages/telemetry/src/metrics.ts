import { durationBuckets } from "@latchhook/core";

/** What is measured: a metric's name in Prometheus, its kind, what it means, and its labels. */
export interface Metric {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly string[];
}

/**
 * All metrics. A label's values are the provider's and the store's name, the scope, and words from fixed lists: never a
 * key, an event's or a job's id, a tenant, the text of an error, or a URL.
 */
export const metrics = {
  requests: {
    name: "latchhook_requests_total",
    type: "counter",
    help: "Requests that were answered, by how they ended.",
    labels: ["provider", "scope", "outcome"],
  },
  refusals: {
    name: "latchhook_refusals_total",
    type: "counter",
    help: "Requests that were refused with a status of 400 to 499, by reason.",
    labels: ["provider", "scope", "reason"],
  },
  requestDuration: {
    name: "latchhook_request_duration_seconds",
    type: "histogram",
    help: "Time from the receipt of a request to its answer.",
    labels: ["provider", "scope", "outcome"],
  },
  persistDuration: {
    name: "latchhook_persist_duration_seconds",
    type: "histogram",
    help: "Time that the callback took, or had taken when its lease was lost.",
    labels: ["provider", "scope", "outcome"],
  },
  storeDuration: {
    name: "latchhook_store_duration_seconds",
    type: "histogram",
    help: "Time that the store took for an operation.",
    labels: ["store", "operation", "result"],
  },
  secretMatches: {
    name: "latchhook_secret_matches_total",
    type: "counter",
    help: "Requests by which of the configured secrets verified them, counted from 0.",
    labels: ["provider", "scope", "index"],
  },
  inFlight: {
    name: "latchhook_in_flight",
    type: "gauge",
    help: "Requests and deliveries that have begun and not ended.",
    labels: ["provider", "scope"],
  },
  lastSuccess: {
    name: "latchhook_last_success_timestamp_seconds",
    type: "gauge",
    help: "When this process last processed a delivery, in seconds since the epoch.",
    labels: ["provider", "scope"],
  },
  deliveries: {
    name: "latchhook_deliveries",
    type: "gauge",
    help: "Deliveries in the inbox that have not succeeded; 1001 means more than 1000.",
    labels: ["provider", "scope", "state"],
  },
  oldestFailedAge: {
    name: "latchhook_oldest_failed_age_seconds",
    type: "gauge",
    help: "Time since the oldest delivery that has not succeeded came first; 0 where there is none.",
    labels: ["provider", "scope"],
  },
  jobs: {
    name: "latchhook_jobs",
    type: "gauge",
    help: "Tracked jobs by status.",
    labels: ["provider", "status"],
  },
  inboxDropped: {
    name: "latchhook_inbox_dropped_total",
    type: "counter",
    help: "Attempts that could not be written to an inbox.",
    labels: [],
  },
} as const satisfies Readonly<Record<string, Metric>>;

/** Upper ends of the histograms' buckets, in seconds: those of the inbox, up to 30 s. */
export const bucketsInSeconds: readonly number[] = durationBuckets
  .filter((milliseconds) => milliseconds <= 30_000)
  .map((milliseconds) => milliseconds / 1_000);
