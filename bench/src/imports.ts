import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Part, Row } from "./report.ts";
import { ratioText } from "./report.ts";

const rounds = 20;

/** What an application imports to receive one sender's webhooks, and what that is compared with. */
const cases = [
  {
    name: "@latchhook/express and a provider",
    modules: ["@latchhook/express", "@latchhook/core/providers/ai-stats"],
    floor: "express",
    target: 0.6,
  },
  {
    name: "the same by require()",
    modules: ["@latchhook/express", "@latchhook/core/providers/ai-stats"],
    floor: "express",
    target: 0.6,
    require: true,
  },
  {
    name: "with sqliteStore and signers",
    modules: [
      "@latchhook/express",
      "@latchhook/core/providers/ai-stats",
      "@latchhook/stores/sqlite",
      "@latchhook/testing",
    ],
    floor: "express",
  },
  {
    name: "@latchhook/hono and a provider",
    modules: ["@latchhook/hono", "@latchhook/core/providers/ai-stats"],
    floor: "hono",
  },
] as const;

/** How long the built packages take to load, each time in a process that has loaded nothing. */
export async function importsPart(): Promise<Part> {
  const rows: Row[] = [];
  for (const one of cases) rows.push(await measure(one));
  return {
    title: "Imports",
    note: "milliseconds to load, in a new process each time, against the framework's own import",
    rows,
  };
}

async function measure(one: (typeof cases)[number]): Promise<Row> {
  const byRequire = "require" in one;
  const times: { readonly ours: number; readonly ratio: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const floor = await loadMs([one.floor], byRequire);
    const ours = await loadMs(one.modules, byRequire);
    times.push({ ours, ratio: ours / floor });
  }
  const ratios = times.map(({ ratio }) => ratio).sort(ascending);
  const measured = { ratio: at(ratios, 0.5), ratio10: at(ratios, 0.1), ratio90: at(ratios, 0.9) };
  const milliseconds = at(times.map(({ ours }) => ours).sort(ascending), 0.5);
  const target = "target" in one ? one.target : undefined;
  return {
    case: `× ${one.floor}`,
    name: one.name,
    figure: ratioText(measured),
    absolute: `${milliseconds.toFixed(1)} ms`,
    ...(target === undefined ? {} : { target: `<= ${target}`, met: measured.ratio <= target }),
  };
}

async function loadMs(modules: readonly string[], byRequire: boolean): Promise<number> {
  const load = byRequire
    ? "const require = (await import('node:module')).createRequire(process.cwd() + '/main.cjs');"
    : "";
  const loads = modules.map((name) => (byRequire ? `require("${name}");` : `await import("${name}");`));
  const program = `${load} const start = performance.now(); ${loads.join(" ")}
    console.log(performance.now() - start);`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "--eval", program],
    // Where the benchmark's own dependencies are.
    { cwd: new URL("..", import.meta.url), timeout: 60_000 },
  );
  return Number(stdout);
}

function ascending(one: number, other: number): number {
  return one - other;
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
