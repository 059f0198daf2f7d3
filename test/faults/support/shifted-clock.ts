/**
 * Arguments for Node.js that set the process's time of day by so many milliseconds. Timers and `performance.now` go on
 * as they are: they do not follow the time of day of a machine either.
 */
export function shiftedClock(byMs: number): readonly string[] {
  const code = `
    const RealDate = Date;
    const now = () => RealDate.now() + ${byMs};
    globalThis.Date = class Date extends RealDate {
      constructor(...values) {
        super(...(values.length === 0 ? [now()] : values));
      }
      static now = now;
    };
    const timeOrigin = performance.timeOrigin + ${byMs};
    Object.defineProperty(performance, "timeOrigin", { get: () => timeOrigin });`;
  return ["--import", `data:text/javascript,${encodeURIComponent(code)}`];
}
