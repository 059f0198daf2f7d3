import { type SqliteDatabase, type SqliteStore, sqliteStore } from "@latchhook/stores/sqlite";
import { type StoreContractOptions, storeContract, storeModel } from "@latchhook/testing";
import Database from "libsql";
import { describe, it } from "vitest";
import { temporaryFiles } from "./temporary-file.ts";

const newPath = temporaryFiles();

interface Fixture {
  readonly store: SqliteStore;
  readonly path: string;
  readonly now?: () => number;
  readonly own?: Database.Database;
}

type Options = StoreContractOptions<SqliteDatabase, Fixture>;

const hooks: Pick<Options, "transaction" | "block" | "inbox"> = {
  inbox: true,
  transaction: {
    synchronous: true,
    write(database, text) {
      database.exec("CREATE TABLE IF NOT EXISTS texts (text)");
      database.prepare("INSERT INTO texts VALUES (?)").run(text);
    },
    read({ path }) {
      const database = new Database(path);
      const tables = database.prepare("SELECT name FROM sqlite_master WHERE name = 'texts'").all();
      const texts = tables.length === 0 ? [] : database.prepare("SELECT text FROM texts").all();
      database.close();
      return texts.map((row) => (row as { text: string }).text);
    },
  },
  block({ path }) {
    const database = new Database(path);
    database.exec("BEGIN IMMEDIATE");
    return () => database.close();
  },
};

describe("sqliteStore({ path }) keeps the store contract", () => {
  const options: Options = {
    ...hooks,
    clock: "virtual",
    create: ({ now }) => {
      const path = newPath();
      return { store: sqliteStore({ path, now }), path, now };
    },
    connect: ({ path, now }) => sqliteStore({ path, now }),
  };
  const model = storeModel({ create: options.create, runs: 40 });
  for (const { name, run } of [...storeContract(options), model]) it(name, run);
});

describe("sqliteStore({ path }) by SQLite's own clock", () => {
  const options: Options = {
    ...hooks,
    create: () => {
      const path = newPath();
      return { store: sqliteStore({ path }), path };
    },
    connect: ({ path }) => sqliteStore({ path }),
  };
  for (const { name, run } of storeContract(options)) {
    if (/^(claim|race|lease):/.test(name)) it(name, run);
  }
});

describe("sqliteStore({ database }) keeps the store contract", () => {
  const options: Options = {
    ...hooks,
    clock: "virtual",
    create: ({ now }) => {
      const path = newPath();
      const own = new Database(path);
      own.exec("PRAGMA journal_mode = WAL");
      return { store: sqliteStore({ database: own, now }), path, own };
    },
    destroy: ({ own }) => own?.close(),
  };
  for (const { name, run } of storeContract(options)) it(name, run);
});
