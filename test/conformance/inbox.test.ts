import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CrashPoint } from "../apps/app/src/faults/crash.ts";
import { appNames, startApp } from "../apps/app/src/start-app.ts";
import { tryOnce } from "./support/lifecycle.ts";
import { type MonitoredApp, startMonitored } from "./support/monitored-app.ts";
import { residentBytes } from "./support/resident-bytes.ts";
import { creativeaiSender, newJobId, senders } from "./support/senders.ts";
import { describeStores, type StorePlace } from "./support/store-places.ts";
import { expectAnswer } from "./support/table.ts";
import { exchange, withHeader } from "./support/wire.ts";

interface Refusal {
  readonly minute: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly count: number;
}

const forged = 1_600;
const atOnce = 16;

/** Sends the same forged delivery many times. */
async function flood(url: string, count: number): Promise<void> {
  const { path, headers, body } = withHeader(
    creativeaiSender.sign(),
    creativeaiSender.signatureHeader,
    `sha256=${"0".repeat(64)}`,
  );
  let left = count;
  async function sendOn(): Promise<void> {
    while (left > 0) {
      left -= 1;
      const response = await fetch(`${url}${path}`, {
        method: "POST",
        headers: headers.map(([name, value]): [string, string] => [name, value]),
        body: Buffer.from(body),
      });
      await response.arrayBuffer();
      expect(response.status).toBe(401);
    }
  }
  await Promise.all(Array.from({ length: atOnce }, sendOn));
}

/** Where the effect is written and the inbox's row is not, or both and nothing more. */
const crashes: readonly CrashPoint[] = ["in-commit", "after-commit"];
/** Only `pg` says COMMIT in a request that can be seen. */
const postgresCrashes: readonly CrashPoint[] = [...crashes, "in-commit-request"];

describeStores("M inbox", (openPlace) => {
  describe.each(appNames)("the %s app", (name) => {
    let place: StorePlace;
    beforeEach(async () => {
      place = await openPlace();
    });
    afterEach(async () => {
      await place?.remove();
    });

    it("M115 SIGKILL between effect and inbox row: never one without the other", async () => {
      const sent = [];
      for (const crashAt of place.url.startsWith("sqlite:") ? crashes : postgresCrashes) {
        const crashing = await startMonitored(name, place.url, { CRASH_AT: crashAt, LEASE_MS: "400" });
        // The page, too, would end this one: what it reads is a transaction.
        if (crashAt !== "in-commit-request") await expectOneTruth(crashing, `before ${crashAt}`);
        const request = creativeaiSender.sign({ jobId: newJobId() });
        sent.push(request);
        expect(await tryOnce(crashing.app.url, request), crashAt).toBeUndefined();
        await crashing.app.exited();
      }
      const monitored = await startMonitored(name, place.url, { LEASE_MS: "400" });
      await expectOneTruth(monitored, "after all");
      await sleep(500);
      for (const request of sent) expect((await exchange(monitored.app.url, request))?.status).toBe(200);
      expect(await monitored.app.events()).toHaveLength(sent.length);
      await expectOneTruth(monitored, "after the retries");
      await monitored.close();
    }, 90_000);

    it("M116 a flood of forged deliveries: a count per minute and reason, no row, memory flat", async () => {
      const monitored = await startMonitored(name, place.url);
      const { app, page } = monitored;
      await flood(app.url, forged / 4);
      const before = residentBytes(app);
      await flood(app.url, forged);
      const growth = (residentBytes(app) - before) / 1_048_576;
      await expect
        .poll(async () => sum(await refusalsOf(monitored)), { timeout: 10_000, interval: 200 })
        .toBe(forged * 1.25);
      const refusals = await refusalsOf(monitored);
      const minutes = new Set(refusals.map(({ minute }) => minute));
      expect(refusals).toHaveLength(minutes.size);
      expect(new Set(refusals.map(({ reason }) => reason)).size).toBe(1);
      expect(await page.view("deliveries")).toEqual({ deliveries: [], next: null });
      if (existsSync("/proc/self/status")) expect(growth).toBeLessThan(100);
      await monitored.close();
    }, 90_000);

    it("M121 without its table, deliveries are received; the page and the next start say what is missing", async () => {
      const monitored = await startMonitored(name, place.url);
      const { app, page } = monitored;
      expectAnswer(await exchange(app.url, creativeaiSender.sign()), "processed");
      await place.run("DROP TABLE latchhook_inbox");
      for (const sender of senders) expectAnswer(await exchange(app.url, sender.sign()), "processed");
      expect(await app.events()).toHaveLength(senders.length + 1);
      expect((await page.get("?view=deliveries")).status).toBe(500);
      expect(app.output).toContain("latchhook_inbox");
      await monitored.close();
      await expect(startApp(name, { STORE_URL: place.url })).rejects.toThrow(
        /Could not start: .*latchhook_inbox.* is missing/,
      );
    }, 60_000);
  });
});

/** Fails unless exactly the deliveries that are done have an effect. */
async function expectOneTruth({ app, page }: MonitoredApp, when: string): Promise<void> {
  type Listed = { deliveries: { key: string }[] };
  const done = await page.view<Listed>("deliveries&state=done");
  const effects = (await app.events()).map(({ key }) => key);
  expect(done.deliveries.map(({ key }) => key).sort(), when).toEqual(effects.sort());
}

async function refusalsOf({ page }: MonitoredApp): Promise<readonly Refusal[]> {
  return (await page.view<{ refused: readonly Refusal[] }>("refused")).refused;
}

function sum(refusals: readonly Refusal[]): number {
  return refusals.reduce((total, { count }) => total + count, 0);
}
