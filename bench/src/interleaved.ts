/** One way of doing a thing: `run` does it `count` times. */
export interface Candidate {
  readonly name: string;
  run(count: number): unknown;
  /** Called before a batch of so many, and not measured. */
  prepare?(count: number): unknown;
}

/** What a candidate took, over all rounds. */
export interface Measured {
  readonly name: string;
  /** Median microseconds per operation. For orientation: the ratio is what holds from machine to machine. */
  readonly microseconds: number;
  /** Against the first candidate of the same round: median, and the 10th and 90th percentile. */
  readonly ratio: number;
  readonly ratio10: number;
  readonly ratio90: number;
}

export interface InterleavedOptions {
  readonly rounds?: number;
  /** How long each candidate runs in each round, about. */
  readonly batchMs?: number;
  /** Processor time is blind to what other processes do meanwhile; for what waits, only the wall clock counts. */
  readonly clock?: Clock;
}

/**
 * Measures candidates in turn, A B C A B C …, in one process. Ratios are taken within a round, so a machine that slows
 * down for a while slows all of them. The first candidate is the floor that the others are compared with.
 */
export async function interleaved(
  candidates: readonly Candidate[],
  { rounds = 41, batchMs = 12, clock = "wall" }: InterleavedOptions = {},
): Promise<Measured[]> {
  const counts: number[] = [];
  for (const candidate of candidates) counts.push(await calibrate(candidate, batchMs, clock));
  const times = candidates.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < candidates.length; turn++) {
      // Each round begins with another one, so that nobody always runs after the same neighbour.
      const index = (turn + round) % candidates.length;
      const count = counts[index] as number;
      await candidates[index]?.prepare?.(count);
      times[index]?.push((await time(candidates[index] as Candidate, count, clock)) / count);
    }
  }
  const floor = times[0] as number[];
  return candidates.map(({ name }, index) => {
    const own = times[index] as number[];
    const ratios = own.map((value, round) => value / (floor[round] as number));
    return {
      name,
      microseconds: percentile(own, 0.5) * 1000,
      ratio: percentile(ratios, 0.5),
      ratio10: percentile(ratios, 0.1),
      ratio90: percentile(ratios, 0.9),
    };
  });
}

/** The value below which `share` of the values lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

type Clock = "processor" | "wall";

async function time({ run }: Candidate, count: number, clock: Clock): Promise<number> {
  const start = clock === "wall" ? performance.now() : process.cpuUsage();
  const result = run(count);
  if (result instanceof Promise) await result;
  if (typeof start === "number") return performance.now() - start;
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** Doubles the count until a batch is long enough, which also warms the code up. */
async function calibrate(candidate: Candidate, batchMs: number, clock: Clock): Promise<number> {
  for (let count = 1; ; count *= 2) {
    await candidate.prepare?.(count);
    const took = await time(candidate, count, clock);
    if (took >= batchMs) return Math.max(1, Math.round((count * batchMs) / took));
  }
}
