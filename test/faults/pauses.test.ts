import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, it } from "vitest";
import { type Entry, type Ledger, openLedger } from "../apps/app/src/faults/ledger.ts";
import { parseTableUrl } from "../apps/app/src/settings.ts";
import type { RunningApp } from "../apps/app/src/start-app.ts";
import { describeWithServer, findPostgres, findRedis } from "../support/servers.ts";
import { backends, findMissing, type OpenPlace, type Servers } from "./support/backends.ts";
import { type FaultOptions, faultApps } from "./support/fault-app.ts";
import { type Attempt, post, signerFor } from "./support/sender.ts";
import { shiftedClock } from "./support/shifted-clock.ts";

const servers: Servers = { postgres: await findPostgres(), redis: await findRedis() };
const leaseMs = 700;
const limits = { leaseMs, waitMs: 20, deadlineMs: 6_000 };

const apps = faultApps();
afterAll(() => apps.close());

// Two processes share nothing in memory.
describe.concurrent("two processes", () => {
  for (const backend of backends.filter(({ name }) => !name.startsWith("memory"))) {
    describeWithServer(backend.name, findMissing(backend, servers), () => {
      let opened: OpenPlace;
      let ledger: Ledger;

      beforeAll(async () => {
        opened = await backend.open(servers);
        ledger = await openLedger(parseTableUrl("APP_DB", opened.place.tables));
      });
      afterAll(async () => {
        await ledger.close();
        await opened.remove();
      });

      function start(options: FaultOptions, ...nodeArguments: readonly string[]): Promise<RunningApp> {
        return apps.start(opened.place, { ...limits, ...options }, ...nodeArguments);
      }

      async function entriesOf(job: string, kind: Entry["kind"]): Promise<Entry[]> {
        const entries = await ledger.read();
        const keys = new Set(entries.filter((entry) => entry.job === job).map(({ key }) => key));
        return entries.filter((entry) => keys.has(entry.key) && entry.kind === kind);
      }

      /** Which processes have noted it, in order. */
      async function processesOf(job: string, kind: Entry["kind"]): Promise<number[]> {
        const entries = await entriesOf(job, kind);
        return entries.sort((a, b) => a.at - b.at).map(({ process }) => process);
      }

      async function untilStarted(job: string, times: number): Promise<void> {
        const until = Date.now() + 10_000;
        while ((await entriesOf(job, "start")).length < times) {
          if (Date.now() > until) throw new Error(`${job} was not started ${times} times.`);
          await sleep(10);
        }
      }

      function sendTo(job: string): (to: RunningApp) => Promise<Attempt["status"]> {
        const sign = signerFor("creativeai", job);
        return ({ url }) => post(`${url}/webhooks/creativeai`, sign(1));
      }

      for (const throws of [false, true]) {
        const what = throws ? "fail" : "complete";
        it(`H87 one is stopped for longer than the lease: it cannot ${what}, and the other one does`, async ({
          expect,
        }) => {
          const [stopped, other] = await Promise.all([
            start({ persistMs: 300, throws }),
            start({ persistMs: 900 }),
          ]);
          const job = `stopped-${what}`;
          const send = sendTo(job);
          const first = send(stopped);
          await untilStarted(job, 1);
          stopped.process.kill("SIGSTOP");
          expect(await send(other)).toBe(503);
          await sleep(leaseMs + 50);
          const second = send(other);
          await untilStarted(job, 2);
          // Its timer is over, so that it goes on at once, while the other one still runs.
          stopped.process.kill("SIGCONT");
          expect(await first).toBe(503);
          // What it did has not given the claim away.
          expect(await send(stopped)).toBe(503);
          expect(await second).toBe(200);
          expect(await send(stopped)).toBe(200);

          expect(await processesOf(job, "start")).toEqual([stopped.processId, other.processId]);
          expect(await processesOf(job, "completion")).toEqual([other.processId]);
          const effects = await processesOf(job, "effect");
          const stale = backend.write === "separate" && !throws ? [stopped.processId] : [];
          expect(effects.sort()).toEqual([...stale, other.processId].sort());
          await Promise.all([stopped.kill(), other.kill()]);
        });
      }

      // Neither clocks nor signals have to do with how the effect is written.
      if (backend.write === "commit") return;

      it("H98 clocks ten minutes apart: no second run, and a crash is repaired when the lease ends", async ({
        expect,
      }) => {
        // What the sender signs is at most 300 s ahead of a clock that believes it.
        const [ahead, behind] = await Promise.all([
          start({ persistMs: 1_500 }, ...shiftedClock(310_000)),
          start({ persistMs: 1_500 }, ...shiftedClock(-290_000)),
        ]);
        const clock = ({ output }: RunningApp): number => Number(/It is (\d+) here/.exec(output)?.[1]);
        expect(clock(ahead) - clock(behind)).toBeGreaterThan(590_000);

        for (const [holder, other] of [
          [ahead, behind],
          [behind, ahead],
        ] as const) {
          const job = `clocks-${holder === ahead ? "ahead" : "behind"}`;
          const send = sendTo(job);
          const first = send(holder);
          await untilStarted(job, 1);
          await sleep(leaseMs);
          // Heartbeats keep the lease, whatever the other's clock says of it.
          expect(await send(other)).toBe(503);
          expect(await first).toBe(200);
          expect(await send(other)).toBe(200);
          expect(await processesOf(job, "start")).toEqual([holder.processId]);
        }

        const send = sendTo("clocks-crash");
        const first = send(ahead);
        await untilStarted("clocks-crash", 1);
        await ahead.kill();
        expect(await first).toBe("no answer");
        expect(await send(behind)).toBe(503);
        await sleep(leaseMs);
        expect(await send(behind)).toBe(200);
        expect(await processesOf("clocks-crash", "completion")).toEqual([behind.processId]);
        await behind.kill();
      });

      for (const throws of [false, true]) {
        const what = throws ? "its lease is released" : "it completes";
        it(`H101 SIGTERM: what is in flight ends first, and ${what}`, async ({ expect }) => {
          const [ending, other] = await Promise.all([
            start({ persistMs: 500, leaseMs: 4_000, throws }),
            start({}),
          ]);
          const job = `shutdown-${throws}`;
          const send = sendTo(job);
          const first = send(ending);
          await untilStarted(job, 1);
          ending.process.kill("SIGTERM");
          expect(await first).toBe(throws ? 500 : 200);
          expect(await ending.exited()).toBe(0);
          // The lease would last for seconds yet.
          expect(await send(other)).toBe(200);
          const runners = throws ? [ending.processId, other.processId] : [ending.processId];
          expect(await processesOf(job, "start")).toEqual(runners);
          expect(await processesOf(job, "effect")).toEqual([throws ? other.processId : ending.processId]);
          await other.kill();
        });
      }
    });
  }
});
