import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase, type FoundServer, redisTestPrefix } from "../../support/servers.ts";
/** How the app writes its effect: in a transaction of its own before the mark, or in one with it. */
export type WriteMode = "separate" | "commit";

/** Where the app keeps its deliveries and its tables in a test. It writes with `commit` where both are the same. */
export interface Place {
  /** `STORE_URL` */
  readonly store: string;
  /** `APP_DB` */
  readonly tables: string;
  readonly redisPrefix?: string;
}

/** A place of a test's own, and how to remove it. */
export interface OpenPlace {
  readonly place: Place;
  remove(): Promise<void>;
}

/** A combination of store, ledger and way to write, and the servers that it needs. */
export interface Backend {
  readonly name: string;
  readonly servers: readonly ("postgres" | "redis")[];
  readonly write: WriteMode;
  /** Whether what is completed outlives the process. */
  readonly remembers: boolean;
  open(servers: Servers): Promise<OpenPlace>;
}

export interface Servers {
  readonly postgres: FoundServer;
  readonly redis: FoundServer;
}

/** Every combination that people run. */
export const backends: readonly Backend[] = [
  backend("memory", "separate", [], async () =>
    inFolder((file) => ({ store: "memory:", tables: file("app") })),
  ),
  backend("SQLite", "separate", [], async () =>
    inFolder((file) => ({ store: file("deliveries"), tables: file("app") })),
  ),
  backend("SQLite", "commit", [], async () =>
    inFolder((file) => ({ store: file("app"), tables: file("app") })),
  ),
  backend("PostgreSQL", "separate", ["postgres"], async ({ postgres }) => {
    const { place, remove } = await inDatabase(urlOf(postgres));
    return { place: { ...place, tables: asAnother(place.tables) }, remove };
  }),
  backend("PostgreSQL", "commit", ["postgres"], ({ postgres }) => inDatabase(urlOf(postgres))),
  backend("Redis", "separate", ["redis", "postgres"], async ({ redis, postgres }) => {
    const { place, remove } = await inDatabase(urlOf(postgres));
    return { place: { ...place, store: urlOf(redis), redisPrefix: redisTestPrefix() }, remove };
  }),
];

function backend(
  store: string,
  write: WriteMode,
  servers: Backend["servers"],
  open: Backend["open"],
): Backend {
  return {
    name: `${store}, ${write === "commit" ? "with commit" : "without commit"}`,
    servers,
    write,
    remembers: store !== "memory",
    open,
  };
}

/** What a backend's tests need: the servers' addresses, or the reason why one is missing. */
export function findMissing({ servers }: Backend, found: Servers): FoundServer {
  const missing = servers.map((server) => found[server]).find((server) => "missing" in server);
  return missing ?? { url: "" };
}

function inFolder(places: (file: (name: string) => string) => Place): OpenPlace {
  const folder = mkdtempSync(join(tmpdir(), "latchhook-faults-"));
  return {
    place: places((name) => `sqlite:${join(folder, `${name}.db`)}`),
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function inDatabase(serverUrl: string): Promise<OpenPlace> {
  const database = await createDatabase(serverUrl);
  return { place: { store: database.url, tables: database.url }, remove: () => database.drop() };
}

/** The same database by a URL that the app takes for another's: other parameters may be other tables. */
function asAnother(url: string): string {
  const another = new URL(url);
  another.searchParams.set("application_name", "tables");
  return another.href;
}

function urlOf(server: FoundServer): string {
  if ("url" in server) return server.url;
  throw new Error(server.missing);
}
