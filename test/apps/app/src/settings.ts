import {
  type DatabaseUrl,
  isSameDatabase,
  type PostgresUrl,
  parseDatabaseUrl,
  type SqliteUrl,
} from "./database-url.ts";
import { type FaultSettings, readFaultSettings } from "./faults/fault-settings.ts";
import { type JobSettings, readJobSettings } from "./job-settings.ts";
import { readNumber } from "./read-number.ts";

const inboxBodies = ["none", "failed", "all"] as const;

export type InboxBody = (typeof inboxBodies)[number];

const defaultDatabase = "sqlite:./data/app.db";

/** What the environment says. The senders' secrets are not here: each provider reads its own variable. */
export interface Settings {
  /** `PORT`. 0 lets the system choose. Default: 3000. */
  readonly port: number;
  /** `STORE_URL`: where deliveries are recorded. Default: `sqlite:./data/app.db`. */
  readonly store: DatabaseUrl;
  /** `APP_DB`: the app's own table. Default: `STORE_URL` where that is SQLite or PostgreSQL, else a SQLite file. */
  readonly database: SqliteUrl | PostgresUrl;
  /** Whether both are one database, so that the app writes through `delivery.commit`. */
  readonly shared: boolean;
  /** `PERSIST_DELAY_MS`: how long `persist` waits before it writes, to try crashes by hand. Default: 0. */
  readonly persistDelayMs: number;
  /** `PERSIST_FAILS_WHILE`: a file; while it exists, `persist` fails instead of writing. */
  readonly persistFailsWhile: string | undefined;
  /** `MONITOR_PASSWORD`: of the user `ops` on the monitor page. Without it there is no page. */
  readonly monitorPassword: string | undefined;
  /** `INBOX_BODY`: whose bodies the inbox keeps. Default: `failed`. */
  readonly inboxBody: InboxBody;
  /** `LOG_OUTCOMES=1`: one line of JSON for each webhook request. Default: only failures are logged. */
  readonly logOutcomes: boolean;
  /** Present where `SENDER_URL` is set. */
  readonly jobs: JobSettings | undefined;
  readonly faults: FaultSettings;
}

/**
 * Reads the settings. An empty variable counts as one that is not set.
 *
 * @throws Error that names the variable and what it may be.
 */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const store = parseDatabaseUrl("STORE_URL", environment.STORE_URL || defaultDatabase);
  const database = readDatabase(environment, store);
  return {
    port: readNumber(environment, "PORT", 3000, { most: 65_535 }),
    store,
    database,
    shared: isSameDatabase(store, database),
    persistDelayMs: readNumber(environment, "PERSIST_DELAY_MS", 0, { most: 3_600_000 }),
    persistFailsWhile: environment.PERSIST_FAILS_WHILE || undefined,
    monitorPassword: environment.MONITOR_PASSWORD || undefined,
    inboxBody: readInboxBody(environment.INBOX_BODY),
    logOutcomes: readNumber(environment, "LOG_OUTCOMES", 0, { most: 1 }) === 1,
    jobs: readJobSettings(environment),
    faults: readFaultSettings(environment),
  };
}

function readDatabase(environment: NodeJS.ProcessEnv, store: DatabaseUrl): SqliteUrl | PostgresUrl {
  if (!environment.APP_DB && (store.kind === "sqlite" || store.kind === "postgres")) return store;
  return parseTableUrl("APP_DB", environment.APP_DB || defaultDatabase);
}

/**
 * Reads the URL of a database that can hold the app's tables.
 *
 * @throws Error that names the variable and what it may be.
 */
export function parseTableUrl(variable: string, value: string): SqliteUrl | PostgresUrl {
  const database = parseDatabaseUrl(variable, value);
  if (database.kind === "sqlite" || database.kind === "postgres") return database;
  throw new Error(`${variable} must be sqlite:<path> or postgres://…: the app keeps its events in a table.`);
}

function readInboxBody(text: string | undefined): InboxBody {
  const body = inboxBodies.find((one) => one === (text || "failed"));
  if (body === undefined) throw new Error(`INBOX_BODY must be one of ${inboxBodies.join(", ")}.`);
  return body;
}
