import { type JsonObject, objectMember } from "@latchhook/core/kit";
import { failure, type JobErrorCode, type JobFailure } from "../result.ts";
import { retryAfterMs } from "./retry-after.ts";

/** These say that the job has ended without a result: it never becomes ready. */
const endedReasons: ReadonlySet<string> = new Set([
  "video_generation_failed",
  "video_cancelled",
  "video_expired",
]);

/** What an answer other than 2xx means. `body` is the sender's JSON object, empty where it sent none. */
export function statusFailure(response: Response, body: JsonObject): JobFailure {
  const status = response.type === "opaqueredirect" ? 302 : response.status;
  const inner = objectMember(body.error);
  const error = firstWord(body.error, inner.type, body.error_type, inner.code, body.code);
  const reason = firstWord(body.reason, inner.reason, objectMember(inner.details).reason) ?? error;
  // The sender answers 502 for a job that failed, as though its own trouble could pass.
  const ended = endedReasons.has(reason ?? "");
  const code = ended ? "not-ready" : codeOf(status, error);
  return failure(code, messageOf(code, status, ended), {
    status,
    reason,
    retryAfterMs: retryAfterMs(response.headers.get("retry-after")),
    ...(ended ? { retryable: false } : {}),
  });
}

function codeOf(status: number, error: string | undefined): JobErrorCode {
  if (status >= 300 && status < 400) return "redirected";
  if (status === 401 || status === 403) return "unauthorized";
  if (status === 404 || status === 410) return "not-found";
  if (status === 409 && error === "not_ready") return "not-ready";
  if (status === 429) return "rate-limited";
  // 501 says that the sender does not do this at all.
  if (status === 501) return "refused";
  return status >= 500 || status === 408 || status === 425 ? "unavailable" : "refused";
}

function messageOf(code: JobErrorCode, status: number, ended: boolean): string {
  const meanings: Partial<Record<JobErrorCode, string>> = {
    redirected: "a redirect, which is not followed. Set baseUrl to the address that answers itself",
    unauthorized: "the API key was refused. Check that it belongs to this sender and account",
    "not-found": "the sender does not know it",
    "not-ready": ended ? "the job has ended, and without content" : "the job has no content yet",
    "rate-limited": "too many calls",
    refused: status === 501 ? "it does not do this" : "it refused the request",
    unavailable: "the sender is in trouble",
  };
  return `The sender answered ${status}: ${meanings[code]}.`;
}

function firstWord(...values: readonly unknown[]): string | undefined {
  return values.map(codeWord).find((word) => word !== undefined);
}

/** A word such as `not_ready`. Anything else could quote a key or a prompt, and is left out. */
function codeWord(value: unknown): string | undefined {
  return typeof value === "string" && /^[a-z]+(?:_[a-z]+)*$/.test(value) && value.length <= 64
    ? value
    : undefined;
}
