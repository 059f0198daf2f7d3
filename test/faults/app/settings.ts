/** Where the app can be told to kill itself. */
export const crashPoints = [
  "before-claim",
  "in-claim",
  "after-claim",
  "in-persist",
  "after-effect",
  "before-complete",
  "in-complete",
  "after-complete",
  "in-commit",
  "in-commit-request",
  "after-commit",
  "before-answer",
  "after-answer",
] as const;

export type CrashPoint = (typeof crashPoints)[number];

/** How the app writes its effect: in a transaction of its own before the mark, or in one with it. */
export type WriteMode = "separate" | "commit";

/** What a test tells the app. */
export interface Settings {
  /** `memory:`, `sqlite:<path>`, `postgres://…` or `redis://…`. */
  readonly store: string;
  /** `sqlite:<path>` or `postgres://…`; the same as `store` where the mode is `commit`. */
  readonly ledger: string;
  readonly write: WriteMode;
  /** What Redis keys begin with. */
  readonly prefix?: string | undefined;
  readonly crashAt?: CrashPoint | undefined;
  readonly leaseMs?: number | undefined;
  readonly deadlineMs?: number | undefined;
  readonly waitMs?: number | undefined;
  readonly maxRunMs?: number | undefined;
  /** How long the callback takes before it writes. Default: 0. */
  readonly persistMs?: number | undefined;
  /** Whether the callback throws instead of writing. Default: false. */
  readonly throws?: boolean | undefined;
  /** Default: the providers'. */
  readonly toleranceSeconds?: number | undefined;
}

/** The variable that carries the settings, as JSON. */
export const settingsVariable = "FAULT_APP_SETTINGS";

/** The secrets of the three senders. */
export const secrets = {
  "ai-stats": "whsec_fault_tests",
  videogen: `whsec_${Buffer.from("the secret of the fault tests").toString("base64")}`,
  creativeai: "fault-tests-key",
} as const;

export type SenderName = keyof typeof secrets;

/** The settings of this process. */
export function readSettings(): Settings {
  return JSON.parse(process.env[settingsVariable] ?? "{}") as Settings;
}
