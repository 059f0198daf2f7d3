import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase, type FoundServer, redisTestPrefix } from "../../support/servers.ts";
import type { Settings } from "../app/settings.ts";

/** Where the app keeps its deliveries and its ledger in a test. */
export type Place = Pick<Settings, "store" | "ledger" | "prefix" | "write">;

/** A place of a test's own, and how to remove it. */
export interface OpenPlace {
  readonly place: Place;
  remove(): Promise<void>;
}

/** A combination of store, ledger and way to write, and the servers that it needs. */
export interface Backend {
  readonly name: string;
  readonly servers: readonly ("postgres" | "redis")[];
  readonly write: Settings["write"];
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
    inFolder((file) => ({ store: "memory:", ledger: file("app") })),
  ),
  backend("SQLite", "separate", [], async () =>
    inFolder((file) => ({ store: file("deliveries"), ledger: file("app") })),
  ),
  backend("SQLite", "commit", [], async () =>
    inFolder((file) => ({ store: file("app"), ledger: file("app") })),
  ),
  backend("PostgreSQL", "separate", ["postgres"], ({ postgres }) => inDatabase(urlOf(postgres))),
  backend("PostgreSQL", "commit", ["postgres"], ({ postgres }) => inDatabase(urlOf(postgres))),
  backend("Redis", "separate", ["redis", "postgres"], async ({ redis, postgres }) => {
    const { place, remove } = await inDatabase(urlOf(postgres));
    return { place: { ...place, store: urlOf(redis), prefix: redisTestPrefix() }, remove };
  }),
];

type Where = Omit<Place, "write">;

function backend(
  store: string,
  write: Settings["write"],
  servers: Backend["servers"],
  open: (servers: Servers) => Promise<{ readonly place: Where; remove(): Promise<void> }>,
): Backend {
  return {
    name: `${store}, ${write === "commit" ? "with commit" : "without commit"}`,
    servers,
    write,
    remembers: store !== "memory",
    async open(found) {
      const { place, remove } = await open(found);
      return { place: { ...place, write }, remove };
    },
  };
}

/** What a backend's tests need: the servers' addresses, or the reason why one is missing. */
export function findMissing({ servers }: Backend, found: Servers): FoundServer {
  const missing = servers.map((server) => found[server]).find((server) => "missing" in server);
  return missing ?? { url: "" };
}

function inFolder(places: (file: (name: string) => string) => Where): {
  readonly place: Where;
  remove(): Promise<void>;
} {
  const folder = mkdtempSync(join(tmpdir(), "latchhook-faults-"));
  return {
    place: places((name) => `sqlite:${join(folder, `${name}.db`)}`),
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function inDatabase(serverUrl: string): Promise<{ readonly place: Where; remove(): Promise<void> }> {
  const database = await createDatabase(serverUrl);
  return { place: { store: database.url, ledger: database.url }, remove: () => database.drop() };
}

function urlOf(server: FoundServer): string {
  if ("url" in server) return server.url;
  throw new Error(server.missing);
}
