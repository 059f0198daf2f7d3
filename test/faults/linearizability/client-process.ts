import { once } from "node:events";
import type { Place } from "../support/backends.ts";
import { openPlace } from "../support/open-place.ts";
import { type Load, runClients } from "./clients.ts";

// Opens the store of the place in its argument, says so, is told its load as JSON on its standard input, runs the
// clients, and prints what they saw.
const place = JSON.parse(process.argv[2] ?? "") as Place;
const { store, close } = await openPlace(place);
// The connection is made, and the tables are looked at, before the clients' time begins.
await store.purge(1);
console.log("ready");
const [message] = await once(process.stdin.setEncoding("utf8"), "data");
const operations = await runClients(store, JSON.parse(String(message)) as Load);
await close();
console.log(JSON.stringify(operations));
process.stdin.destroy();
