/** A series' labels by name. */
export type Labels = Readonly<Record<string, string>>;

/** Where measurements go: one of these a library. */
export interface Recorder {
  count(metric: "requests" | "refusals" | "secretMatches", labels: Labels): void;
  observe(
    metric: "requestDuration" | "persistDuration" | "storeDuration",
    labels: Labels,
    seconds: number,
  ): void;
  /** Moves the gauge of what is in flight by 1 or -1. */
  move(metric: "inFlight", labels: Labels, by: 1 | -1): void;
  set(metric: "lastSuccess", labels: Labels, value: number): void;
}
