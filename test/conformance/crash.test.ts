import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { WireRequest, WireResponse } from "@latchhook/testing/wire";
import { describe, expect, it, vi } from "vitest";
import { type AppName, appNames, type RunningApp } from "../apps/app/src/start-app.ts";
import { expectOneRowEach, retryUntilSettled, tryOnce, withApp, withFolder } from "./support/lifecycle.ts";
import { newJobId, type Sender, senders } from "./support/senders.ts";
import { expectAnswer, expectClean } from "./support/table.ts";

interface Attempt {
  readonly jobId: string;
  readonly request: WireRequest;
  readonly answered: Promise<WireResponse | undefined>;
}

/** Deliveries of all senders in turn, one each `gapMs`, so that a kill meets them at every step of their way. */
async function sendStream(url: string, count: number, gapMs: number): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  for (let index = 0; index < count; index++) {
    const jobId = newJobId();
    const request = (senders[index % senders.length] as Sender).sign({ jobId });
    attempts.push({ jobId, request, answered: tryOnce(url, request) });
    await sleep(gapMs);
  }
  return attempts;
}

interface Kill {
  readonly what: string;
  readonly persistDelayMs: number;
  readonly deliveries: number;
  readonly gapMs: number;
}

const kills: readonly Kill[] = [
  {
    what: "while callbacks wait before they write",
    persistDelayMs: 300,
    deliveries: 40,
    gapMs: 20,
  },
  { what: "while they write", persistDelayMs: 1, deliveries: 80, gapMs: 2 },
  { what: "in a burst", persistDelayMs: 0, deliveries: 60, gapMs: 0 },
];

/** Sends the stream and kills the app. Returns what each delivery was answered before that. */
async function killInStream(
  first: RunningApp,
  kill: Kill,
): Promise<{
  readonly attempts: readonly Attempt[];
  readonly before: readonly (WireResponse | undefined)[];
}> {
  const stream = await sendStream(first.url, kill.deliveries, kill.gapMs);
  await stream[0]?.answered;
  // Some are acknowledged now. Of these, some are under way when the kill comes.
  const attempts = [...stream, ...(await sendStream(first.url, 20, 0))];
  await first.kill();
  const before = await Promise.all(attempts.map(({ answered }) => answered));
  expect(before[0]?.status).toBe(200);
  // Where callbacks take long, the last one cannot have been answered; elsewhere it depends on the machine.
  if (kill.persistDelayMs >= 300) expect(before.at(-1)).toBeUndefined();
  return { attempts, before };
}

/** SIGKILL in the stream; then a restart, and each sender's retry. */
async function expectNothingLost(name: AppName, kill: Kill): Promise<void> {
  await withFolder(async (folder) => {
    const environment = { STORE_URL: `sqlite:${join(folder, "app.db")}`, LOG_OUTCOMES: "1" };
    const slowed = { ...environment, PERSIST_DELAY_MS: String(kill.persistDelayMs) };
    await withApp(name, slowed, async (first) => {
      const { attempts, before } = await killInStream(first, kill);
      await withApp(name, environment, (second) => expectRepaired(second, attempts, before));
    });
  });
}

async function expectRepaired(
  second: RunningApp,
  attempts: readonly Attempt[],
  before: readonly (WireResponse | undefined)[],
): Promise<void> {
  const after = await Promise.all(attempts.map(({ request }) => retryUntilSettled(second.url, request)));
  for (const [index, response] of after.entries()) {
    // What was acknowledged is there; what was not may be, where only the answer was lost.
    if (before[index]?.status === 200) expectAnswer(response, "duplicate", `delivery ${index}`);
    else expect(response.status).toBe(200);
  }
  await expectOneRowEach(
    second,
    attempts.map(({ jobId }) => jobId),
  );
  for (const { request } of attempts.slice(0, 10)) {
    expectAnswer(await tryOnce(second.url, request), "duplicate");
  }
  expectClean(second);
}

// They mostly wait, so all run at once; by default it is five.
vi.setConfig({ maxConcurrency: 9 });

describe.concurrent.each(appNames)("H crash: the %s app", (name) => {
  it.each(kills)(
    "H89 killed $what: after a restart and the senders' retries, one row each",
    async (kill) => expectNothingLost(name, kill),
    60_000,
  );
});
