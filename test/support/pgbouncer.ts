import { spawn, spawnSync } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.ts";
import { answersPostgres } from "./postgres-server.ts";
import type { FoundServer } from "./servers.ts";

/** A PgBouncer of the test's own, in front of a database. */
export interface OwnPgbouncer {
  /** Where it is, with the path of the database's own URL. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Whether tests can start a `pgbouncer`, and whether it is old enough not to track prepared statements. */
export function findPgbouncer(): FoundServer {
  const { status, stdout } = spawnSync("pgbouncer", ["--version"], { encoding: "utf8" });
  if (status !== 0) return { missing: "there is no pgbouncer on the PATH" };
  return { url: stdout.split("\n")[0] ?? "" };
}

/**
 * Starts `pgbouncer` from the PATH in transaction mode: each transaction gets one of a few connections, and prepared
 * statements are not tracked (before 1.21) or told not to be.
 */
export async function startPgbouncer(databaseUrl: string, poolSize: number): Promise<OwnPgbouncer> {
  const port = await freePort();
  const directory = await mkdtemp(join(tmpdir(), "latchhook-pgbouncer-"));
  // It refuses to run as root, and must read its settings as another user.
  await chmod(directory, 0o755);
  const file = join(directory, "pgbouncer.ini");
  await writeFile(file, settings(new URL(databaseUrl), port, poolSize));
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const child = spawn("pgbouncer", [file], { stdio: "ignore", ...user });
  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const url = new URL(databaseUrl);
  url.port = String(port);
  url.hostname = "127.0.0.1";

  async function stop(): Promise<void> {
    child.kill("SIGKILL");
    await gone;
    await rm(directory, { recursive: true, force: true });
  }

  for (let attempt = 0; attempt < 100; attempt++) {
    if (await answersPostgres(url.href)) return { url: url.href, stop };
    if (child.exitCode !== null) break;
    await sleep(50);
  }
  await stop();
  throw new Error(`No PgBouncer answers on port ${port}.`);
}

function settings({ hostname, port, username, password }: URL, ownPort: number, poolSize: number): string {
  const credentials = [`user=${username || "postgres"}`, ...(password ? [`password=${password}`] : [])];
  return `[databases]
* = host=${hostname} port=${port || 5432} ${credentials.join(" ")}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${ownPort}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${poolSize}
max_client_conn = 200
ignore_startup_parameters = extra_float_digits
`;
}
