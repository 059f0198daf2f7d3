import type { Passage } from "../delivery/passage.ts";
import type {
  DeliveryInstrument,
  DeliveryPhase,
  DeliveryStart,
  Instrument,
  InstrumentedEndpoint,
} from "../instrument.ts";
import type { OutcomeObserver } from "../outcome.ts";
import { isPromiseLike } from "../shared/maybe-promise.ts";
import { quietly } from "../shared/quietly.ts";
import type { Store } from "../store.ts";
import { measureStore } from "./measure-store.ts";
import { type Observation, observeDelivery } from "./observation.ts";

/** A part of a delivery's way that can be observed. */
export type Step<Parameters extends readonly unknown[], Result> = (
  passage: Passage,
  ...parameters: Parameters
) => Promise<Result>;

/** Makes a step one that instruments see; without instruments it stays as it is. */
export type ObserveStep = <Parameters extends readonly unknown[], Result>(
  phase: DeliveryPhase,
  step: Step<Parameters, Result>,
) => Step<Parameters, Result>;

/** The instruments of one receiver. */
export interface Instruments {
  attach(endpoint: InstrumentedEndpoint): void;
  begin(start: DeliveryStart): Observation;
  readonly observeStep: ObserveStep;
  /** The store to work with: measured where an instrument asks for it. */
  measure(store: Store<never>): Store<never>;
}

/** Finds the instruments among a receiver's observers; undefined where there are none, for then nothing is to be done. */
export function findInstruments(observers: readonly OutcomeObserver[]): Instruments | undefined {
  const instruments = observers.filter(isInstrument);
  if (instruments.length === 0) return undefined;
  const measuring = instruments.filter(({ storeOperation }) => typeof storeOperation === "function");
  return {
    attach(endpoint) {
      for (const instrument of instruments) quietly(() => instrument.attach?.(endpoint));
    },
    begin(start) {
      const told: DeliveryInstrument[] = [];
      for (const instrument of instruments) {
        const begun = quietly(() => instrument.begin(start));
        if (begun && !isPromiseLike(begun)) told.push(begun);
      }
      return observeDelivery(told);
    },
    observeStep,
    measure(store) {
      if (measuring.length === 0) return store;
      return measureStore(store, (operation) => {
        for (const instrument of measuring) quietly(() => instrument.storeOperation?.(operation));
      });
    },
  };
}

function isInstrument(observer: OutcomeObserver): observer is Instrument {
  return "begin" in observer && typeof observer.begin === "function";
}

/** Where there are no instruments. */
export const unobserved: ObserveStep = (_phase, step) => step;

const observeStep: ObserveStep = (phase, step) =>
  function observed(passage, ...parameters) {
    const { observation } = passage;
    const run = () => step(passage, ...parameters);
    return observation === undefined ? run() : observation.during(phase, run);
  };
