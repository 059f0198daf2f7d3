import type { Provider, WebhookEvent } from "@latchhook/core";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import { creativeai } from "@latchhook/core/providers/creativeai";
import { videogen } from "@latchhook/core/providers/videogen";
import { aiStatsJobs, creativeaiJobs, type JobResult, type JobSource, type JobState } from "@latchhook/jobs";
import type { JobRequest } from "./job-request.ts";
import type { JobSettings } from "./job-settings.ts";

/** A sender whose jobs are tracked. */
export interface JobSender {
  readonly provider: Provider<WebhookEvent>;
  readonly source: JobSource;
  /** Creates a job whose webhooks go to `webhookUrl`. Absent where the app creates none. */
  create?(request: JobRequest, webhookUrl: string): Promise<JobResult<{ readonly job: JobState }>>;
}

/** A person is waiting for the answer. */
const timeoutMs = 10_000;

/** The senders at `SENDER_URL`. Only the sandbox is several of them: a real one is not shown another's key. */
export function jobSenders(settings: JobSettings): readonly JobSender[] {
  const onlyLocal = settings.local ? [creativeaiSender(settings)] : [];
  // VideoGen publishes no status call: its jobs are known from webhooks alone.
  const fromWebhooksAlone = { provider: videogen(), source: { provider: "videogen" } };
  return [aiStatsSender(settings), ...onlyLocal, fromWebhooksAlone];
}

function aiStatsSender({ senderUrl, aiStatsApiKey, aiStatsWebhookSecret: secret }: JobSettings): JobSender {
  const source = aiStatsJobs({ baseUrl: senderUrl, apiKey: aiStatsApiKey, timeoutMs });
  return {
    provider: aiStats(),
    source,
    create: ({ model = "google/veo-3", prompt, events }, url) =>
      source.create({ model, prompt, webhook: { url, secret, events } }),
  };
}

function creativeaiSender({ senderUrl }: JobSettings): JobSender {
  const source = creativeaiJobs({ baseUrl: senderUrl, timeoutMs });
  return {
    provider: creativeai(),
    source,
    create: ({ model = "auto", prompt }, url) => source.create({ model, prompt, webhook_url: url }),
  };
}
