import type { Store } from "@latchhook/core";
import { parseDatabaseUrl } from "../../apps/app/src/database-url.ts";
import { openStore } from "../../apps/app/src/open-store.ts";
import type { Place } from "./backends.ts";

/** Opens the store of a place as the app does, without the app. */
export async function openPlace({
  store: url,
  redisPrefix,
}: Place): Promise<{ readonly store: Store<never>; close(): Promise<void> }> {
  const { store, close } = await openStore(parseDatabaseUrl("STORE_URL", url), redisPrefix);
  return { store: store as unknown as Store<never>, close };
}
