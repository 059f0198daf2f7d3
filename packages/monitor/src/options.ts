import { type Inbox, LatchhookError, type MaybePromise, type ReceiverDescription } from "@latchhook/core";
import type { Access } from "./access.ts";
import type { MonitoredJobs } from "./data/monitored-jobs.ts";

/** A receiver with an inbox: what `webhook` of an adapter returns, or `createReceiver`. */
export interface MonitoredWebhook {
  /** Undefined where the option `inbox` is not set, or where options come from a function that was not called yet. */
  readonly inbox?: Inbox | undefined;
  /** How it is configured; no secrets. Undefined where it is not known yet. */
  describe?(): ReceiverDescription | undefined;
}

/** What {@link monitor} takes. `Context` is what the framework hands to the handler. */
export interface MonitorOptions<Context = unknown> {
  /** The webhooks whose deliveries are shown. */
  readonly webhooks: readonly MonitoredWebhook[];
  /** The jobs that they are about: what `trackJobs` returns. Default: none, and the page says nothing of generation. */
  readonly jobs?: readonly MonitoredJobs[] | undefined;
  /**
   * Who may see the page. Called for every request, before anything is read; there is no default, for behind a proxy
   * every request looks local.
   *
   * @param request the request with its headers, without a body.
   * @param context what the framework hands over: Express's request, Hono's context, elsewhere the request itself.
   * @returns who it is and what they may do, or the response that refuses them.
   */
  readonly authorize: (request: Request, context: Context) => MaybePromise<Access | Response>;
  /**
   * The page's own origin as browsers see it, such as `https://ops.example.com`. Needed where browsers send no
   * `Sec-Fetch-Site`, which they leave out over plain http: actions are refused there without it. Default: none.
   */
  readonly origin?: string | undefined;
}

/** Options, or a function that makes them, called once, at the first request; on Workers for each. */
export type MonitorSource<Context> =
  | MonitorOptions<Context>
  | ((context: Context) => MaybePromise<MonitorOptions<Context>>);

/**
 * Checks options.
 *
 * @throws LatchhookError `invalid-option`, naming the option and what to set.
 */
export function demandOptions(options: Partial<MonitorOptions<never>> | undefined): void {
  demand(typeof options === "object" && options !== null, "pass options: { webhooks, authorize }.");
  const { webhooks, jobs = [], authorize, origin } = options ?? {};
  demand(
    Array.isArray(webhooks) && webhooks.every((webhook) => isObject(webhook)),
    "webhooks must be a list of what `webhook` or `createReceiver` returns.",
  );
  demand(
    Array.isArray(jobs) && jobs.every((source) => isObject(source) && typeof source.list === "function"),
    "jobs must be a list of what `trackJobs` returns.",
  );
  demand(
    typeof authorize === "function",
    "authorize is required: a function such as basicAuth({ ops: password }). The page is never open to all.",
  );
  demand(
    origin === undefined || isOrigin(origin),
    "origin must be scheme and host alone, such as https://ops.example.com.",
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function isOrigin(text: unknown): boolean {
  return typeof text === "string" && URL.canParse(text) && new URL(text).origin === text;
}

function demand(condition: boolean, message: string): void {
  if (!condition) throw new LatchhookError("invalid-option", `monitor: ${message}`);
}
