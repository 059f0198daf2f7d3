import { isWorkerd } from "@latchhook/core";

/** Whether a check of a server has passed, so that it costs nothing from then on. */
export interface CheckMemory {
  isPassed(): boolean;
  pass(): void;
}

/** One entry for each server that an isolate speaks to; beyond it all are checked again. */
const mostServers = 1_000;

const passed = new Set<string>();

/**
 * Remembers a check: for one store, and on Workers, where a store lives no longer than its request and each would pay
 * for it again, for all whose clients speak to the same server.
 *
 * @param check what is checked, and of what.
 * @param clientOptions the client's own. Where they do not say which server it is, the memory is the store's alone.
 */
export function rememberCheck(check: string, clientOptions: unknown): CheckMemory {
  const server = isWorkerd() ? serverOf(clientOptions) : undefined;
  const key = server === undefined ? undefined : `${check} ${server}`;
  let own = false;
  return {
    isPassed: () => own || (key !== undefined && passed.has(key)),
    pass() {
      own = true;
      if (key === undefined) return;
      if (passed.size >= mostServers) passed.clear();
      passed.add(key);
    },
  };
}

/** What the clients' options call their server: `pg`, `postgres`, `redis` and `ioredis`, in this order. */
function serverOf(options: unknown): string | undefined {
  if (typeof options !== "object" || options === null) return undefined;
  const { connectionString, host, port, database, user, url, db, path, sentinels } = options as Record<
    string,
    unknown
  >;
  // Sentinels say where their server is only when they are asked.
  if (sentinels !== undefined && sentinels !== null) return undefined;
  if (connectionString === undefined && host === undefined && url === undefined) return undefined;
  return JSON.stringify([connectionString, host, port, database, user, url, db, path]);
}
