import type { Outcome } from "../outcome.ts";
import { describeError } from "./describe-error.ts";
import { printable, quoted } from "./printable.ts";

/** One line, whatever an error message or an id holds. Neither bodies nor headers nor secrets come into it. */
export function toLogLine(outcome: Outcome): string {
  const { provider, code, status, late, path } = outcome;
  const answered = late ? `late; ${status} was answered` : `answered ${status}`;
  const parts = [`[latchhook] ${provider}: ${code} (${answered})`];
  if (outcome.key !== undefined) parts.push(`key ${outcome.key}`);
  if (outcome.mend !== undefined) parts.push(outcome.mend);
  if (outcome.error !== undefined) parts.push(describeError(outcome.error));
  if (outcome.key !== undefined) parts.push(...describeDelivery(outcome));
  if (outcome.scope !== "") parts.push(`scope ${quoted(outcome.scope)}`);
  if (path !== null) parts.push(`path ${quoted(path)}`);
  if (late && code === "processed") parts.push("the sender's next attempt will be a duplicate");
  return printable(parts.join("; "));
}

function describeDelivery({ eventId, key, type, job, attempt, maxAttempts, lastAttempt }: Outcome): string[] {
  const parts: string[] = [];
  const id = eventId === undefined || eventId === key ? "" : ` ${quoted(eventId)}`;
  if (type !== undefined) parts.push(`event ${quoted(type)}${id}`);
  if (job) parts.push(`job ${quoted(job.id)} ${job.status}`);
  if (typeof attempt === "number") {
    const of = typeof maxAttempts === "number" ? ` of ${maxAttempts}` : "";
    parts.push(`attempt ${attempt}${of}${lastAttempt ? ", the last" : ""}`);
  }
  return parts;
}
