// A process of its own, over the built package: `node worker.mjs <mode> <file>`. It prints one JSON value a line.
import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { register } from "node:module";
import { sqliteStore } from "@latchhook/stores/sqlite";

const [mode, path] = process.argv.slice(2);
const store = sqliteStore({ path });
const owner = randomUUID();
const long = { owner, leaseMs: 60_000, retainMs: 60_000 };

const modes = { race, completeUntilKilled, claimAndHang, dieInCommit, useWithoutDriver };
await modes[mode]();

/** Claims 200 keys that others claim as well, and prints which it won. */
async function race() {
  await store.database();
  print("ready");
  await once(process.stdin, "data");
  const won = [];
  for (let index = 0; index < 200; index++) {
    const result = await untilDone(() => store.claim(keyOf(index), long));
    if (result.state !== "claimed") continue;
    won.push({ index, attempt: result.attempt, takeover: result.takeover });
    const claim = { key: keyOf(index), owner, fence: result.fence };
    if (index % 2 === 0) await untilDone(() => store.complete(claim, { retainMs: 60_000 }));
  }
  await store.close();
  print(won);
  process.stdin.destroy();
}

/** Completes one delivery after the other, and prints each key once it is completed. */
async function completeUntilKilled() {
  for (let index = 0; ; index++) {
    const { fence } = await store.claim(keyOf(index), long);
    if ((await store.complete({ key: keyOf(index), owner, fence }, { retainMs: 60_000 })) === "ok")
      print(index);
    // Lets the line out, which a pipe writes asynchronously.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function claimAndHang() {
  await store.claim(keyOf(0), { ...long, leaseMs: 400 });
  print("claimed");
  await once(process.stdin, "end");
}

async function dieInCommit() {
  const database = await store.database();
  database.exec("CREATE TABLE texts (text)");
  const { fence } = await store.claim(keyOf(0), { ...long, leaseMs: 1 });
  await store.commit({ key: keyOf(0), owner, fence }, { retainMs: 60_000 }, (transaction) => {
    transaction.prepare("INSERT INTO texts VALUES (?)").run("half-way");
    process.kill(process.pid, "SIGKILL");
    for (;;);
  });
}

/** Takes all drivers away, as on a Node.js without its own and an application that has not installed one. */
async function useWithoutDriver() {
  process.getBuiltinModule = () => undefined;
  const resolve = `export function resolve(specifier, context, next) {
    if (specifier === "libsql") throw new Error("Cannot find package 'libsql'");
    return next(specifier, context);
  }`;
  register(`data:text/javascript,${encodeURIComponent(resolve)}`);
  try {
    await store.claim(keyOf(0), long);
  } catch ({ code, message }) {
    print({ code, message });
  }
}

/** Repeats what a busy database refused, as a sender does. */
async function untilDone(operation) {
  for (;;) {
    try {
      return await operation();
    } catch (error) {
      if (error.code !== "store-unavailable") throw error;
    }
  }
}

function keyOf(index) {
  return createHash("sha256").update(`key ${index}`).digest("hex");
}

function print(value) {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
