import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { postgresStore } from "@latchhook/stores/postgres";
import { redisStore } from "@latchhook/stores/redis";
import type { Part, Row } from "./report.ts";
import { openPostgres, openRedis } from "./servers.ts";
import { throughput } from "./store-work.ts";

const durationMs = 3_000;
const concurrency = 16;

type Engine = "postgres" | "redis";

/** How much more several app processes get done on one database than one does. */
export async function processesPart(): Promise<Part> {
  const rows: Row[] = [];
  for (const engine of ["postgres", "redis"] as const) {
    let one: number | undefined;
    for (const count of [1, 2, 4]) {
      const perSecond = await runTogether(engine, count);
      one ??= perSecond;
      rows.push({
        case: `${engine}, ${count} process${count === 1 ? "" : "es"}`,
        name: "claim + complete, 16 at a time each",
        figure: (perSecond / one).toFixed(2),
        absolute: `${perSecond.toFixed(0)}/s`,
      });
    }
  }
  return {
    title: "Processes",
    note: "Deliveries a second of several processes on one database, as a multiple of one process. Two cores carry both.",
    rows,
  };
}

async function runTogether(engine: Engine, count: number): Promise<number> {
  const script = fileURLToPath(import.meta.url);
  const children = Array.from({ length: count }, () => fork(script, [engine]));
  await Promise.all(children.map(nextMessage));
  for (const child of children) child.send("start");
  const results = (await Promise.all(children.map(nextMessage))).map(Number);
  await Promise.all(children.map((child) => once(child, "exit")));
  return results.reduce((sum, result) => sum + result, 0);
}

/** What a process says next; an error where it ends without saying it. */
function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once("message", resolve);
    child.once("exit", (code, signal) => reject(new Error(`a process ended early (${code ?? signal})`)));
  });
}

/** One of the processes: opens its own connections, reports that it is ready, and runs when it is told to. */
async function run(engine: Engine): Promise<void> {
  const opened = engine === "postgres" ? await openPostgres() : await openRedis();
  if (opened === undefined) {
    process.send?.("ready");
    await once(process, "message");
    process.send?.(Number.NaN, () => process.exit(0));
    return;
  }
  const store =
    "pool" in opened ? postgresStore({ client: opened.pool, schema: opened.schema }) : redisStore(opened);
  if ("migrate" in store) await store.migrate();
  process.send?.("ready");
  await once(process, "message");
  const perSecond = await throughput(store, concurrency, durationMs);
  await opened.close();
  process.send?.(perSecond, () => process.exit(0));
}

const [, script, engine] = process.argv;
if (process.send !== undefined && script === fileURLToPath(import.meta.url)) await run(engine as Engine);
