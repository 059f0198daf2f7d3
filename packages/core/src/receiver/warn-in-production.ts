import { environmentVariable } from "../shared/environment.ts";
import type { Store } from "../store.ts";

const warned = new WeakSet<object>();

/** Says once for each store what people should know before they rely on it in production. */
export function warnInProduction(store: Store<never>): void {
  if (store.productionWarning === undefined || warned.has(store)) return;
  if (environmentVariable("NODE_ENV") !== "production") return;
  warned.add(store);
  console.warn(`[latchhook] ${store.productionWarning}`);
}
