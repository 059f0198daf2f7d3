import { checkWebhookUrl } from "@latchhook/jobs";
import { readNumber } from "./read-number.ts";

/** What the environment says of jobs. CreativeAI's key is not here: its source reads its own variable. */
export interface JobSettings {
  /** `SENDER_URL`: where jobs are created and asked about. */
  readonly senderUrl: string;
  /** Whether that is this machine, and so the sandbox, which plays every sender. */
  readonly local: boolean;
  /** `PUBLIC_URL`: the app's own address as senders see it. Default: where it listens. */
  readonly publicUrl: string | undefined;
  /** `AI_STATS_API_KEY`. The sandbox takes any, so it may be missing there. */
  readonly aiStatsApiKey: string;
  /** `AI_STATS_WEBHOOK_SECRET`, which each job's subscription is given. */
  readonly aiStatsWebhookSecret: string | undefined;
  /** `RECONCILE_EVERY_MS`: the pause between two rounds. Default: a minute. */
  readonly reconcileEveryMs: number;
  /** `OVERDUE_AFTER_MS`: after how long without news a job is asked about. Default: two minutes. */
  readonly overdueAfterMs: number;
}

const dayMs = 86_400_000;

/**
 * Reads the settings of jobs; undefined without `SENDER_URL`, and then the app has none.
 *
 * @throws Error that names the variable and what it may be.
 */
export function readJobSettings(environment: NodeJS.ProcessEnv): JobSettings | undefined {
  const { SENDER_URL: senderUrl, AI_STATS_API_KEY, AI_STATS_WEBHOOK_SECRET } = environment;
  if (!senderUrl) return undefined;
  const local = isThisMachine(senderUrl);
  if (!AI_STATS_API_KEY && !local) throw new Error("AI_STATS_API_KEY is required where SENDER_URL is set.");
  return {
    senderUrl,
    local,
    publicUrl: readPublicUrl(environment.PUBLIC_URL, local),
    aiStatsApiKey: AI_STATS_API_KEY || "local-key",
    aiStatsWebhookSecret: AI_STATS_WEBHOOK_SECRET,
    reconcileEveryMs: readNumber(environment, "RECONCILE_EVERY_MS", 60_000, { least: 1, most: dayMs }),
    overdueAfterMs: readNumber(environment, "OVERDUE_AFTER_MS", 120_000, { least: 1, most: dayMs }),
  };
}

function isThisMachine(senderUrl: string): boolean {
  const { protocol, hostname } = URL.canParse(senderUrl)
    ? new URL(senderUrl)
    : { protocol: "", hostname: "" };
  const local = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  if (protocol === "https:" || (protocol === "http:" && local)) return local;
  throw new Error("SENDER_URL must be an https URL, or an http URL of this machine.");
}

/** What no sender would deliver to is refused now, not when the first job is created. */
function readPublicUrl(publicUrl: string | undefined, local: boolean): string | undefined {
  if (!publicUrl && local) return undefined;
  const checked = checkWebhookUrl(publicUrl, { development: local });
  if (!checked.ok) {
    throw new Error(`PUBLIC_URL must be this app's address as the sender sees it: ${checked.error.message}`);
  }
  return checked.url.replace(/\/+$/, "");
}
