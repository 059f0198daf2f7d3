import { randomBytes } from "node:crypto";
import { memoryStore } from "@latchhook/core/stores/memory";
import type { Part, Row } from "./report.ts";

const options = { owner: "bench", leaseMs: 4_000, retainMs: 30 * 86_400_000 };

/** What a remembered delivery weighs, beside other ways to remember it. */
export async function memoryPart(): Promise<Part> {
  const rows: Row[] = [];
  for (const entries of [10_000, 1_000_000]) {
    rows.push(
      await weigh("Map of objects", entries, () => {
        const map = new Map<string, object>();
        return { keep: map, add: (key) => map.set(key, { state: "completed", expiresAt: Date.now() }) };
      }),
      await weigh("memoryStore", entries, () => {
        const store = memoryStore({ maxEntries: entries });
        return {
          keep: store,
          add(key) {
            const claimed = store.claim(key, options);
            if (claimed.state !== "claimed") throw new Error(claimed.state);
            store.complete({ key, owner: "bench", fence: claimed.fence }, options);
          },
        };
      }),
    );
  }
  return { title: "Memory", note: "Bytes an entry of completed 64-character keys, keys included.", rows };
}

/** What is being weighed: nothing of it may be collected before. */
let held: object | undefined;

/** Collects over several turns of the event loop: what the stack of one still refers to is free in the next. */
async function heapUsed(): Promise<number> {
  for (let turn = 0; turn < 4; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    globalThis.gc?.();
  }
  return held === undefined || typeof held === "object" ? process.memoryUsage().heapUsed : 0;
}

async function weigh(
  name: string,
  entries: number,
  make: () => { readonly keep: object; add(key: string): unknown },
): Promise<Row> {
  held = undefined;
  const before = await heapUsed();
  const { keep, add } = make();
  held = keep;
  const start = performance.now();
  for (let done = 0; done < entries; done++) add(randomBytes(32).toString("hex"));
  const tookMs = performance.now() - start;
  const bytes = ((await heapUsed()) - before) / entries;
  const own = name === "memoryStore" && entries >= 1_000_000;
  return {
    case: `${entries.toLocaleString("en")} entries`,
    name,
    figure: `${bytes.toFixed(0)} B`,
    absolute: `${((tookMs / entries) * 1000).toFixed(2)} µs an entry`,
    ...(own ? { target: "<= 110 B", met: bytes <= 110 } : {}),
  };
}
