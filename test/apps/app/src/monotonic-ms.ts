/** One clock for all processes of the machine, whatever their time of day says. In milliseconds. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
