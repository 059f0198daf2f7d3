import { type Outcome, type OutcomeObserver, statusOf } from "../outcome.ts";
import { toLogLine } from "./log-line.ts";
import { logRefusals } from "./refusal-log.ts";

/** Where lines go: `console`, a pino logger, or anything with these two methods. */
export interface OutcomeLogger {
  /** For what is ours to mend: every outcome of status 500 and above. */
  error(line: string): void;
  /** For refusals, counted, and for what succeeded only after its answer. */
  warn(line: string): void;
}

const marker: unique symbol = Symbol.for("latchhook.outcome-log") as never;

/**
 * Writes outcomes to a log: one line for each of status 500 and above, one for a success that came after its answer,
 * and of refusals one line a minute and reason, with the likely cause, so that a wrong secret is seen at once and a
 * flood costs next to nothing. What was processed in time is not logged.
 *
 * Every receiver has `logOutcomes(console)` unless `onOutcome` holds another one.
 *
 * @example
 * webhook({ provider, store, persist, onOutcome: [logOutcomes(pino()), countOutcome] });
 */
export function logOutcomes(logger: OutcomeLogger): OutcomeObserver {
  const refused = logRefusals((line) => logger.warn(line));
  function logOutcome(outcome: Outcome): void {
    const ownStatus = statusOf(outcome.code);
    if (ownStatus >= 500) logger.error(toLogLine(outcome));
    else if (outcome.late && outcome.code === "processed") logger.warn(toLogLine(outcome));
    else if (ownStatus >= 400) refused(outcome);
  }
  return Object.assign(logOutcome, { [marker]: logger });
}

/** Where an observer that is a log writes; undefined of any other. */
export function loggerOf(observer: OutcomeObserver): OutcomeLogger | undefined {
  return (observer as OutcomeObserver & { readonly [marker]?: OutcomeLogger })[marker];
}
