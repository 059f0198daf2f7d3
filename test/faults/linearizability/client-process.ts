import { once } from "node:events";
import { createCrash } from "../app/crash.ts";
import { openStore } from "../app/open-store.ts";
import type { Settings } from "../app/settings.ts";
import { type Load, runClients } from "./clients.ts";

// Opens the store of the settings in its argument, says so, is told its load as JSON on its standard input, runs the
// clients, and prints what they saw.
const settings = JSON.parse(process.argv[2] ?? "") as Settings;
const { store, close } = await openStore(settings, createCrash(undefined));
// The connection is made, and the tables are looked at, before the clients' time begins.
await store.purge(1);
console.log("ready");
const [message] = await once(process.stdin.setEncoding("utf8"), "data");
const operations = await runClients(store, JSON.parse(String(message)) as Load);
await close();
console.log(JSON.stringify(operations));
process.stdin.destroy();
