import { existsSync } from "node:fs";
import { counted, openConnection } from "@latchhook/testing/wire";
import { describe, expect, it } from "vitest";
import { appNames, type RunningApp } from "../apps/app/src/start-app.ts";
import { withApp } from "./support/lifecycle.ts";
import { residentBytes } from "./support/resident-bytes.ts";
import { creativeaiSender } from "./support/senders.ts";
import { expectAnswer, expectClean } from "./support/table.ts";
import { exchange, withHeader } from "./support/wire.ts";

const connections = 1_000;
/** The largest body that is read at all, but for its last byte, which never comes. */
const body = new Uint8Array(1_048_576).fill(0x20);

/** A request that is well-shaped and signed by nobody. */
function unsigned(): Buffer {
  const forged = withHeader(
    creativeaiSender.sign(),
    creativeaiSender.signatureHeader,
    `sha256=${"0".repeat(64)}`,
  );
  return counted({ ...forged, body });
}

/** Runs `work`, and gives the most that the process held meanwhile. */
async function peakDuring(app: RunningApp, work: () => Promise<void>): Promise<number> {
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, residentBytes(app));
  }, 50);
  await work();
  clearInterval(timer);
  return peak;
}

const hasProcessStatus = existsSync("/proc/self/status");

describe.each(appNames)("the %s app under a flood of unsigned bodies of 1 MiB", (name) => {
  it.skipIf(!hasProcessStatus)(
    "keeps its memory, and answers honest deliveries (skipped where the kernel has no /proc)",
    async () => {
      await withApp(name, {}, async (app) => {
        for (let warm = 0; warm < 20; warm++) await exchange(app.url, creativeaiSender.sign());
        const before = residentBytes(app);
        const waits: number[] = [];
        const flood = unsigned().subarray(0, -1);
        const peak = await peakDuring(app, async () => {
          const opened = await Promise.all(
            Array.from({ length: connections }, () => openConnection(app.url)),
          );
          const written = Promise.all(opened.map((connection) => connection.write(flood)));
          for (let honest = 0; honest < 10; honest++) {
            const startedAt = performance.now();
            expectAnswer(await exchange(app.url, creativeaiSender.sign()), "processed");
            waits.push(performance.now() - startedAt);
          }
          await Promise.race([written, new Promise((resolve) => setTimeout(resolve, 3_000))]);
          for (const connection of opened) connection.destroy();
        });
        const growth = (peak - before) / 1_048_576;
        const longest = Math.max(...waits);
        console.log(
          `${name}: memory grew by ${growth.toFixed(0)} MiB, the longest honest wait was ${longest.toFixed(0)} ms`,
        );
        // All bodies at once would be 1,000 MiB. Half of the honest ones within a second: the machine has other work.
        expect(growth).toBeLessThan(400);
        expect(waits.toSorted((one, other) => one - other)[4]).toBeLessThan(1_000);
        expectClean(app);
      });
    },
    60_000,
  );
});
