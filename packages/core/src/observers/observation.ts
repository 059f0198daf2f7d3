import type { DeliveryInstrument, DeliveryPhase, PhaseEnd, PhaseInstrument } from "../instrument.ts";
import type { Outcome } from "../outcome.ts";
import { quietly } from "../shared/quietly.ts";

/** One delivery, as all its instruments see it. */
export interface Observation {
  /** Runs a phase within the instruments' contexts, and tells them when it begins and ends. */
  during<Result>(phase: DeliveryPhase, work: () => Promise<Result>): Promise<Result>;
  /** Tells how the delivery ended; of several ends only the first. */
  ended(outcome: Outcome): void;
}

export function observeDelivery(instruments: readonly DeliveryInstrument[]): Observation {
  let over = false;
  return {
    async during(phase, work) {
      const phases: PhaseInstrument[] = [];
      for (const instrument of instruments) {
        const told = quietly(() => instrument.phase?.(phase));
        if (told) phases.push(told);
      }
      function end(how: PhaseEnd): void {
        for (const told of phases) quietly(() => told.ended?.(how));
      }
      try {
        const result = await runWithin(phases, work);
        end({ ok: true });
        return result;
      } catch (error) {
        end({ ok: false, error });
        throw error;
      }
    },
    ended(outcome) {
      if (over) return;
      over = true;
      for (const instrument of instruments) quietly(() => instrument.ended?.(outcome));
    },
  };
}

/** Runs `work` once within each one's context, also where one does not run it, or runs it again. */
function runWithin<Result>(
  [first, ...others]: readonly PhaseInstrument[],
  work: () => Promise<Result>,
): Promise<Result> {
  if (first === undefined) return work();
  let running: Promise<Result> | undefined;
  function runOnce(): Promise<Result> {
    running ??= runWithin(others, work);
    return running;
  }
  quietly(() => first.run?.(() => void runOnce()));
  return runOnce();
}
