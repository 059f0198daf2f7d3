export { JobStreamError } from "./http/bounded-stream.ts";
export type { CallOptions, HttpOptions } from "./http/http-client.ts";
export type { JobPlace } from "./job-place.ts";
export type { GetOptions, JobSource, JobState, WaitOptions } from "./job-source.ts";
export type { JobError, JobErrorCode, JobFailure, JobResult } from "./result.ts";
export {
  type AiStatsEndpoint,
  type AiStatsEndpointChange,
  type AiStatsEndpointList,
  type AiStatsEndpointRequest,
  type AiStatsEndpointSecret,
  type AiStatsEndpoints,
  type AiStatsEndpointsOptions,
  aiStatsEndpoints,
} from "./sources/ai-stats-endpoints.ts";
export {
  type AiStatsBatchRequest,
  type AiStatsCreated,
  type AiStatsJobs,
  type AiStatsJobsOptions,
  type AiStatsVideoRequest,
  aiStatsJobs,
  type Content,
  type DownloadUrlOptions,
} from "./sources/ai-stats-jobs.ts";
export {
  type CreativeaiJobs,
  type CreativeaiJobsOptions,
  type CreativeaiVideoRequest,
  creativeaiJobs,
} from "./sources/creativeai-jobs.ts";
export {
  type VideogenJobKind,
  type VideogenJobPlace,
  type VideogenJobs,
  type VideogenJobsOptions,
  videogenJobs,
} from "./sources/videogen-jobs.ts";
export {
  type VideogenEndpoint,
  type VideogenEndpointRequest,
  type VideogenWebhooks,
  type VideogenWebhooksOptions,
  videogenWebhooks,
} from "./sources/videogen-webhooks.ts";
export {
  type CheckedSubscription,
  type EndpointSubscription,
  type InlineSubscription,
  type JobKind,
  type SubscriptionResult,
  type SubscriptionWarning,
  type WebhookSubscription,
  type WebhookSubscriptionOptions,
  webhookSubscription,
} from "./subscription/webhook-subscription.ts";
export {
  type CheckedUrl,
  checkWebhookUrl,
  type SubscriptionError,
  type UrlRule,
  type WebhookUrlOptions,
} from "./subscription/webhook-url.ts";
export type { CheckResult } from "./tracking/check-job.ts";
export type {
  ClaimDueOptions,
  JobCount,
  JobNews,
  JobOwner,
  JobStore,
  ListOptions,
  Postponement,
  TrackedJob,
} from "./tracking/job-store.ts";
export type { JobProblem, ProblemObserver } from "./tracking/observe.ts";
export type { ReconcileReport } from "./tracking/reconcile-due.ts";
export {
  type JobTracker,
  type ListJobsOptions,
  type ReconcileOptions,
  type StartOptions,
  type TrackJobsOptions,
  type TrackRequest,
  trackJobs,
} from "./tracking/track-jobs.ts";
export type { TrackedEvent } from "./tracking/tracked-event.ts";
