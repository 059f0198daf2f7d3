import type { Outcome, OutcomeObserver } from "../outcome.ts";
import { quietly } from "../shared/quietly.ts";
import { loggerOf, logOutcomes } from "./log-outcomes.ts";

/** The log that every receiver has unless it was given another: one for all, so that it counts refusals of all. */
export const defaultLog: OutcomeObserver = logOutcomes(console);

/** The observers of a receiver. The default log is one of them, unless there is another log among those given. */
export function resolveObservers(
  given: OutcomeObserver | readonly OutcomeObserver[] | undefined,
): readonly OutcomeObserver[] {
  const observers = typeof given === "function" ? [given] : (given ?? []);
  return observers.some(loggerOf) ? [...observers] : [...observers, defaultLog];
}

/** Tells all observers. None can change an answer. */
export function notifyObservers(observers: readonly OutcomeObserver[], outcome: Outcome): void {
  for (const observer of observers) quietly(() => observer(outcome));
}
