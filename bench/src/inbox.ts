import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createReceiver, type Receiver, type Store } from "@latchhook/core";
import { standardWebhooks } from "@latchhook/core/providers/standard-webhooks";
import { postgresStore } from "@latchhook/stores/postgres";
import { sqliteStore } from "@latchhook/stores/sqlite";
import { signStandardWebhooks } from "@latchhook/testing";
import Database from "libsql";
import { bodyOf } from "./bodies.ts";
import { type Candidate, interleaved } from "./interleaved.ts";
import { microsecondsText, type Part, type Row, ratioText } from "./report.ts";
import { openPostgres } from "./servers.ts";

const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

/** Whole deliveries through a receiver with an inbox, against the same receiver without. */
export async function inboxPart(): Promise<Part> {
  return {
    title: "Inbox",
    note: "A new delivery through receiver.handle with the inbox on, as a multiple of the same with it off; 1 KB, the body of a success not kept.",
    rows: [...(await sqlite()), ...(await postgres())],
  };
}

async function sqlite(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "latchhook-bench-"));
  const store = sqliteStore({ path: join(folder, "store.db"), driver: (path) => new Database(path) });
  try {
    return await compare("SQLite", store, 1, 1.15);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function postgres(): Promise<Row[]> {
  const opened = await openPostgres();
  if (opened === undefined) {
    const name = "not measured: nothing answers at DATABASE_URL or 127.0.0.1:5432";
    return [{ case: "PostgreSQL", name, figure: "", absolute: "" }];
  }
  const { pool, schema, close } = opened;
  const store = postgresStore({ client: pool, schema });
  try {
    await store.migrate();
    return [
      ...(await compare("PostgreSQL, 1 at a time", store, 1, 1.15)),
      ...(await compare("PostgreSQL, 64 at a time", store, 64, 1.15)),
    ];
  } finally {
    await store.close();
    await close();
  }
}

async function compare<Transaction>(
  label: string,
  store: Store<Transaction>,
  concurrency: number,
  target: number,
): Promise<Row[]> {
  const options = { provider: standardWebhooks({ secret }), store, persist: async () => {} };
  const off = createReceiver({ ...options, scope: "off" });
  const on = createReceiver({ ...options, scope: "on", inbox: {} });
  const candidates = [candidate("inbox off", off, concurrency), candidate("inbox on", on, concurrency)];
  const measured = await interleaved(candidates, { rounds: 41, batchMs: 60 });
  await Promise.all([off.close(), on.close()]);
  return measured.map((one, index) => ({
    case: label,
    name: one.name,
    figure: ratioText(one),
    absolute: microsecondsText(one.microseconds / concurrency),
    ...(index === 1 ? { target: `<= ${target}`, met: one.ratio <= target } : {}),
  }));
}

let serial = 0;

/** Each time as many deliveries as go at once. The requests are made and signed before: it is the receiver that counts. */
function candidate(name: string, receiver: Receiver, concurrency: number): Candidate {
  let ready: Request[] = [];

  async function worker(requests: readonly Request[], next: () => number): Promise<void> {
    for (let request = requests[next()]; request !== undefined; request = requests[next()]) {
      const { status } = await receiver.handle(request);
      if (status !== 200) throw new Error(`${name} answered ${status}`);
    }
  }

  return {
    name,
    async run() {
      const requests = ready;
      ready = [];
      let index = 0;
      const next = (): number => index++;
      await Promise.all(Array.from({ length: concurrency }, () => worker(requests, next)));
    },
    prepare(count) {
      ready = Array.from({ length: count * concurrency }, signed);
    },
  };
}

function signed(): Request {
  const id = `msg_${++serial}`;
  const { headers, body } = signStandardWebhooks({ secret, id, body: bodyOf(1024, `video_${serial}`) });
  return new Request("http://localhost/", { method: "POST", headers, body: Buffer.from(body) });
}
