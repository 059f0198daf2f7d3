import type { Access } from "../access.ts";
import type { MonitoredJobs } from "../data/monitored-jobs.ts";
import type { Source } from "../data/sources.ts";
import type { Html } from "../page/html.ts";

/** The names of the views, as `?view=` has them. */
export const viewNames = [
  "overview",
  "deliveries",
  "delivery",
  "failed",
  "plan",
  "jobs",
  "refused",
  "endpoints",
] as const;

export type ViewName = (typeof viewNames)[number];

/** What a view is made from. */
export interface ViewContext {
  readonly query: URLSearchParams;
  readonly access: Access;
  readonly wantsJson: boolean;
  readonly sources: readonly Source[];
  readonly jobs: readonly MonitoredJobs[];
  /** Milliseconds since the epoch; one moment for all of the page. */
  readonly now: number;
}

/** What a view shows. */
export interface View {
  /** Default: 200. */
  readonly status?: number | undefined;
  /** The view as JSON. */
  readonly json: unknown;
  page(): Page;
}

export interface Page {
  /** For the window's title. */
  readonly title: string;
  /** The heading above the answer. Default: the title. */
  readonly heading?: Html | undefined;
  /** What stands beside the heading, before when the page was made. */
  readonly aside?: Html | undefined;
  /** True for a page that is not to be read anew by itself. */
  readonly still?: boolean | undefined;
  /** The answer, in one sentence. */
  readonly answer: Html;
  /** A sentence or two below it. */
  readonly more?: Html | undefined;
  readonly body: Html;
}
