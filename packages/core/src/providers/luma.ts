import { defineSender } from "../define-sender.ts";
import { LatchhookError } from "../errors.ts";
import { isTerminal, type JobStatus, toJob } from "../event.ts";
import type { Provider } from "../provider.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { sharedSecret } from "../signatures/shared-secret.ts";
import { type LumaEvent, lumaEvents } from "./luma/payloads.ts";

export * from "./luma/payloads.ts";

export interface LumaOptions {
  /** The secret that you put into the query of `callback_url`. Default: the environment's `LUMA_WEBHOOK_SECRET`. */
  readonly secret?: SecretOption | undefined;
  /** The name it has in that query. Default: `secret`. */
  readonly parameter?: string | undefined;
}

const statuses: ReadonlyMap<unknown, JobStatus> = new Map<unknown, JobStatus>([
  ["queued", "queued"],
  ["dreaming", "processing"],
  ["completed", "completed"],
  ["failed", "failed"],
]);

/**
 * Luma. It signs nothing, and sends no header of its own: all that tells it from a stranger is a secret in the query of
 * the URL that you gave it. Nothing binds the body to that, and URLs are written to many a log. Believe the id alone, and
 * fetch the generation by it.
 *
 * @throws LatchhookError `missing-secret` or `invalid-option`.
 */
export function luma(options: LumaOptions = {}): Provider<LumaEvent> {
  return defineSender({
    name: "luma",
    signature: sharedSecret({
      provider: "luma",
      secret: options.secret,
      environmentVariable: "LUMA_WEBHOOK_SECRET",
      place: { query: checkedParameter(options.parameter) },
    }),
    // Documented: 5 s; 3 retries, 100 ms apart; nothing but 200 counts.
    policy: { timeoutMs: 5_000, shortestRetryGapMs: 100, retryHorizonMs: 20_300, maxAttempts: 4 },
    events: lumaEvents,
    read({ value, text }) {
      const { id, state } = value;
      const job = toJob(id, statuses.get(state));
      return {
        type: typeof state === "string" ? `generation.${state}` : "",
        data: value,
        job,
        // An end comes once. Of the other states there may be several updates, told apart by nothing but the body.
        identity:
          job !== null && isTerminal(job.status) ? ["generation", job.id, job.status] : ["body", text],
        undated: true,
      };
    },
  });
}

function checkedParameter(parameter = "secret"): string {
  if (typeof parameter === "string" && parameter !== "") return parameter;
  throw new LatchhookError(
    "invalid-option",
    'luma: parameter must be the name of the secret in the query of callback_url; leave it out for "secret".',
  );
}
