import { describeError } from "../observers/describe-error.ts";
import { loggerOf, type OutcomeLogger } from "../observers/log-outcomes.ts";
import { printable, quoted } from "../observers/printable.ts";
import type { OutcomeObserver } from "../outcome.ts";
import { quietly } from "../shared/quietly.ts";
import type { Endpoint } from "./endpoint.ts";

/** Says when an inbox stops being written, and when it goes on. Neither throws. */
export interface InboxLog {
  /** It could not be written for the first time, or for the first time after it could. */
  failed(error: unknown): void;
  /** It is written again. */
  recovered(dropped: number): void;
}

const remedy =
  "deliveries go on, and what happens to them is dropped from the inbox until it can; run `await store.check()`, which says what is missing";

/** Writes to the logs among the observers: where outcomes are logged, the inbox is too. */
export function logInbox(
  { provider, scope }: Pick<Endpoint, "provider" | "scope">,
  observers: readonly OutcomeObserver[],
): InboxLog {
  const loggers = observers.flatMap((observer) => loggerOf(observer) ?? []);
  const sender = `${provider.name}${scope === "" ? "" : ` (scope ${quoted(scope)})`}`;

  function tell(level: keyof OutcomeLogger, text: string): void {
    const line = printable(`[latchhook] ${sender}: ${text}`);
    // A log that fails must not end the process: nobody waits for this write.
    for (const logger of loggers) quietly(() => logger[level](line));
  }

  return {
    failed: (error) => tell("error", `the inbox cannot be written (${describeError(error)}); ${remedy}`),
    recovered: (dropped) =>
      tell("warn", `the inbox is written again; attempts dropped meanwhile: ${dropped}`),
  };
}
