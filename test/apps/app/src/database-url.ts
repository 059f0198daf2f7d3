import { realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

export interface SqliteUrl {
  readonly kind: "sqlite";
  /** Absolute, with symbolic links resolved, so that one file has one name. */
  readonly path: string;
}

export interface PostgresUrl {
  readonly kind: "postgres";
  readonly url: string;
}

/** Where a store or a table lives. */
export type DatabaseUrl =
  | SqliteUrl
  | PostgresUrl
  | { readonly kind: "redis"; readonly url: string }
  | { readonly kind: "memory" };

/**
 * Reads a database URL.
 *
 * @param variable the environment variable it comes from, for the message. The URL itself may hold a password.
 * @throws Error for any other form than the documented ones.
 */
export function parseDatabaseUrl(variable: string, value: string): DatabaseUrl {
  if (value === "memory:") return { kind: "memory" };
  if (value.startsWith("sqlite:")) {
    const path = value.slice("sqlite:".length);
    if (path === "" || path.startsWith(":") || /^\/\/[^/]/.test(path)) {
      throw new Error(`${variable}: write SQLite files as sqlite:./data/app.db or sqlite:/absolute/path.db.`);
    }
    return { kind: "sqlite", path: canonicalPath(resolve(path)) };
  }
  if (URL.canParse(value)) {
    if (/^rediss?:/i.test(value)) return { kind: "redis", url: value };
    if (/^postgres(?:ql)?:/i.test(value)) return { kind: "postgres", url: value };
  }
  const notYet = /^mysql:/i.test(value) ? "; mysql:// is not supported yet." : "";
  throw new Error(`${variable} must be sqlite:<path>, memory:, redis://… or postgres://…${notYet}`);
}

/** Whether both name one database: then an event and the mark "done" can be written in one transaction. */
export function isSameDatabase(one: DatabaseUrl, other: DatabaseUrl): boolean {
  if (one.kind === "sqlite" && other.kind === "sqlite") return one.path === other.path;
  if (one.kind === "postgres" && other.kind === "postgres") return identify(one.url) === identify(other.url);
  return false;
}

/** What makes a PostgreSQL URL: not the spelling of its scheme, a default port, or the password. */
function identify(postgresUrl: string): string {
  const { hostname, port, pathname, username, searchParams } = new URL(postgresUrl);
  searchParams.sort();
  const host = `${hostname.toLowerCase()}:${port || "5432"}`;
  return JSON.stringify([username, host, decodeURIComponent(pathname), searchParams.toString()]);
}

function canonicalPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(/* turbopackIgnore: true */ canonicalPath(parent), basename(path));
  }
}
