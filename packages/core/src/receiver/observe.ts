import type { Outcome } from "../outcome.ts";
import { isPromiseLike } from "../shared/maybe-promise.ts";

/** Tells the observer. It is never awaited, and its failure, now or later, changes nothing. */
export function notify(observer: (outcome: Outcome) => unknown, outcome: Outcome): void {
  try {
    const told = observer(outcome);
    if (isPromiseLike(told)) told.then(undefined, () => {});
  } catch {
    // An observer cannot change an answer.
  }
}

/** The observer that a receiver has by default: one line for each outcome that is not the sender's fault. */
export function logFailure(outcome: Outcome): void {
  if (outcome.status < 500) return;
  console.error(toLogLine(outcome));
}

/** One line, whatever an error message holds. Neither bodies nor headers nor secrets come into it. */
export function toLogLine(outcome: Outcome): string {
  const parts = [`[latchhook] ${outcome.provider}: ${outcome.code} (answered ${outcome.status})`];
  if (outcome.key !== undefined) parts.push(`key ${outcome.key}`);
  if (outcome.mend !== undefined) parts.push(outcome.mend);
  if (outcome.error !== undefined) parts.push(describe(outcome.error));
  // JSON leaves DEL, C1 controls and line separators as they are, and a name is not even JSON.
  return parts.join("; ").replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ");
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return `threw ${describeValue(error)}`;
  const cause = error.cause instanceof Error ? `, caused by ${JSON.stringify(error.cause.message)}` : "";
  return `${error.name}: ${JSON.stringify(error.message)}${cause}`;
}

/** What is thrown can be anything, also an object that no text can be made of. */
function describeValue(value: unknown): string {
  try {
    return JSON.stringify(String(value));
  } catch {
    return `a value of type ${typeof value}`;
  }
}
