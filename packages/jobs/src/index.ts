export { JobStreamError } from "./http/bounded-stream.ts";
export type { CallOptions, HttpOptions } from "./http/http-client.ts";
export type { JobSource, JobState, WaitOptions } from "./job-source.ts";
export type { JobError, JobErrorCode, JobFailure, JobResult } from "./result.ts";
export {
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
  type VideogenEndpoint,
  type VideogenEndpointRequest,
  type VideogenWebhooks,
  type VideogenWebhooksOptions,
  videogenWebhooks,
} from "./sources/videogen-webhooks.ts";
export {
  type CheckedSubscription,
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
