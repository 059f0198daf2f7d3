import { createCrash } from "../app/crash.ts";
import { openStore } from "../app/open-store.ts";
import type { Settings } from "../app/settings.ts";
import { type Load, runClients } from "./clients.ts";

/** What a test tells a process of clients, as JSON in its argument. */
export interface ClientSettings {
  readonly place: Settings;
  readonly load: Load;
}

// Runs clients on a store of its own, and prints what they saw.
const { place, load } = JSON.parse(process.argv[2] ?? "") as ClientSettings;
const { store, close } = await openStore(place, createCrash(undefined));
const operations = await runClients(store, load);
await close();
process.stdout.write(JSON.stringify(operations));
