import { parseArgs } from "node:util";
import type { AiStatsVersion, JobOutcome, SandboxSettingsChange } from "./settings.ts";
import { type SandboxOptions, startSandbox } from "./start-sandbox.ts";

const usage = `Usage: latchhook sandbox [options]

The sender's side of AI Stats, CreativeAI and VideoGen on one local port.

  --port <n>              port of 127.0.0.1 (4747)
  --speed <n>             job lives and retries run n times faster (1)
  --duration <ms>         how long a job takes, before speed (5000)
  --outcome <word>        completed, failed, cancelled or expired (completed)
  --family <word>         header names of AI Stats: ai-stats or phaseo (ai-stats)
  --version <month>       AI Stats of 2026-04, 2026-06 or 2026-08 (2026-06)
  --api-key <key>         the only API key to let in (any)
  --videogen-secret <s>   the signing secret of VideoGen endpoints (new for each)
  --drop <n|all>          attempts of each delivery that never arrive (0)
  --duplicates <n>  --concurrent <n>  --forged <n>  --stale <n>  --reorder

Everything else goes through http://127.0.0.1:<port>/_sandbox, described in docs/jobs.md.
`;

const optionTypes = {
  port: { type: "string" },
  speed: { type: "string" },
  duration: { type: "string" },
  outcome: { type: "string" },
  family: { type: "string" },
  version: { type: "string" },
  "api-key": { type: "string" },
  "videogen-secret": { type: "string" },
  drop: { type: "string" },
  duplicates: { type: "string" },
  concurrent: { type: "string" },
  forged: { type: "string" },
  stale: { type: "string" },
  reorder: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** Runs the command line and returns the exit code: 0 after a signal, 2 for arguments that make no sense. */
export async function main(argv: readonly string[]): Promise<number> {
  let options: SandboxOptions | undefined;
  try {
    options = readOptions(argv);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return 2;
  }
  if (options === undefined) {
    process.stdout.write(usage);
    return 0;
  }
  try {
    const sandbox = await startSandbox(options);
    process.stdout.write(`latchhook sandbox listening on ${sandbox.url}\n`);
    await new Promise<void>((resolve) => {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
    });
    await sandbox.close();
    return 0;
  } catch (error) {
    process.stderr.write(`latchhook sandbox: ${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof RangeError ? 2 : 1;
  }
}

/** The options, or undefined where help was asked for. */
function readOptions(argv: readonly string[]): SandboxOptions | undefined {
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: optionTypes,
    allowPositionals: true,
  });
  if (values.help === true) return undefined;
  if (positionals.length !== 1 || positionals[0] !== "sandbox")
    throw new RangeError("The command is: latchhook sandbox.");
  return {
    port: toNumber("port", values.port) ?? 4_747,
    apiKey: values["api-key"],
    videogenSecret: values["videogen-secret"],
    ...(values.speed === undefined ? {} : { speed: toNumber("speed", values.speed) ?? 1 }),
    ...(values.family === undefined ? {} : { headerFamily: values.family as "ai-stats" | "phaseo" }),
    ...(values.version === undefined ? {} : { version: values.version as AiStatsVersion }),
    life: defined({
      durationMs: toNumber("duration", values.duration),
      outcome: values.outcome as JobOutcome | undefined,
    }),
    faults: defined({
      dropAttempts: values.drop === "all" ? "all" : toNumber("drop", values.drop),
      duplicates: toNumber("duplicates", values.duplicates),
      concurrent: toNumber("concurrent", values.concurrent),
      forged: toNumber("forged", values.forged),
      stale: toNumber("stale", values.stale),
      reorder: values.reorder,
    }),
  } satisfies SandboxSettingsChange & SandboxOptions;
}

function toNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new RangeError(`--${name} takes a number.`);
  return value;
}

function defined<Members extends object>(
  members: Members,
): { [Name in keyof Members]?: NonNullable<Members[Name]> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}
