/** How a job ends. CreativeAI knows only the first two; there, the others end as failures. */
export type JobOutcome = "completed" | "failed" | "cancelled" | "expired";

/** What happens to a job after it was created, unless someone steps in. */
export interface JobLife {
  /** From creation to end, in milliseconds, before `speed`. Infinity: until the control endpoint ends it. */
  readonly durationMs: number;
  /** The percentages at which progress is made, in this order, evenly spread. */
  readonly progress: readonly number[];
  readonly outcome: JobOutcome;
}

/** What goes wrong with deliveries. Everything off is a sender on a good day. */
export interface Faults {
  /** How many attempts of each delivery never arrive; `"all"`: it is lost for good. */
  readonly dropAttempts: number | "all";
  /** How often the first attempt is sent again after it was delivered. */
  readonly duplicates: number;
  /** How many further copies are sent at the same moment as each attempt. */
  readonly concurrent: number;
  /** Whether a job's events are held until its end and then sent last first. */
  readonly reorder: boolean;
  /** How many forgeries precede each attempt: another body, another signature, another metadata header, in turn. */
  readonly forged: number;
  /** How many genuine but stale copies precede each attempt. */
  readonly stale: number;
}

export type AiStatsVersion = "2026-04" | "2026-06" | "2026-08";

export interface SandboxSettings {
  /** Job lives and retry schedules run this many times faster. Timeouts do not: a receiver needs its time. */
  readonly speed: number;
  readonly life: JobLife;
  readonly faults: Faults;
  /** AI Stats' header names: the documented ones, or those in use since July 2026. */
  readonly headerFamily: "ai-stats" | "phaseo";
  /**
   * Which AI Stats this is. Before June 2026 bodies had neither id nor delivery key. In August 2026 subscriptions became
   * `{ endpoint_id }`, creating answers 202, cancelling 501, and `status_changed` is sent.
   */
  readonly version: AiStatsVersion;
  /** How long a delivery waits for the answer, in milliseconds; null: as each sender does. */
  readonly timeoutMs: number | null;
}

/** Settings to change; what is left out stays. */
export type SandboxSettingsChange = Partial<Omit<SandboxSettings, "life" | "faults">> & {
  readonly life?: Partial<JobLife> | undefined;
  readonly faults?: Partial<Faults> | undefined;
};

export const defaultSettings: SandboxSettings = {
  speed: 1,
  life: { durationMs: 5_000, progress: [5, 50, 95], outcome: "completed" },
  faults: { dropAttempts: 0, duplicates: 0, concurrent: 0, reorder: false, forged: 0, stale: 0 },
  headerFamily: "ai-stats",
  version: "2026-06",
  timeoutMs: null,
};

type Check = (value: unknown) => boolean;

const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= 1_000;
const isPositive: Check = (value) => typeof value === "number" && value > 0;
const oneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);

const lifeChecks: Readonly<Record<keyof JobLife, Check>> = {
  durationMs: (value) => typeof value === "number" && value >= 0,
  progress: (value) => Array.isArray(value) && value.every((item) => typeof item === "number"),
  outcome: oneOf("completed", "failed", "cancelled", "expired"),
};

const faultChecks: Readonly<Record<keyof Faults, Check>> = {
  dropAttempts: (value) => value === "all" || isCount(value),
  duplicates: isCount,
  concurrent: isCount,
  reorder: oneOf(true, false),
  forged: isCount,
  stale: isCount,
};

const plainChecks: Readonly<Record<keyof Omit<SandboxSettings, "life" | "faults">, Check>> = {
  speed: isPositive,
  headerFamily: oneOf("ai-stats", "phaseo"),
  version: oneOf("2026-04", "2026-06", "2026-08"),
  timeoutMs: (value) => value === null || isPositive(value),
};

/**
 * The settings after a change.
 *
 * @throws RangeError naming the first member that is unknown or has no such value.
 */
export function changeSettings(settings: SandboxSettings, change: SandboxSettingsChange): SandboxSettings {
  const { life, faults, ...plain } = change;
  return {
    ...settings,
    ...checked(plain, plainChecks, ""),
    life: { ...settings.life, ...checked(life ?? {}, lifeChecks, "life.") },
    faults: { ...settings.faults, ...checked(faults ?? {}, faultChecks, "faults.") },
  };
}

/** What a request that creates a job may ask of the sandbox. */
export interface JobWish {
  readonly life: JobLife;
  /** The version that this job is of, whatever the sandbox's. */
  readonly version: AiStatsVersion | null;
}

/** The life of one job, and its version: the settings' own, but for what the request that creates it asks for. */
export function wishOf(settings: SandboxSettings, wish: unknown): JobWish {
  const { version, ...life } = (typeof wish === "object" && wish !== null ? wish : {}) as Partial<JobLife> & {
    readonly version?: AiStatsVersion;
  };
  checked({ version }, plainChecks, "sandbox.");
  return { life: { ...settings.life, ...checked(life, lifeChecks, "sandbox.") }, version: version ?? null };
}

function checked<Members extends object>(
  members: Members,
  checks: Readonly<Record<string, Check>>,
  prefix: string,
): Partial<Members> {
  const known: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(members)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(checks, name) || checks[name]?.(value) !== true) {
      throw new RangeError(`${prefix}${name} is no setting of the sandbox, or cannot have this value.`);
    }
    known[name] = value;
  }
  return known as Partial<Members>;
}
