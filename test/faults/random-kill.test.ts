import { afterAll, describe, it } from "vitest";
import { type Entry, openLedger } from "../apps/app/src/faults/ledger.ts";
import { monotonicMs } from "../apps/app/src/monotonic-ms.ts";
import { parseTableUrl } from "../apps/app/src/settings.ts";
import { type RunningApp, startApp } from "../apps/app/src/start-app.ts";
import { startOwnRedis } from "../support/redis-server.ts";
import { describeWithServer, findPostgres, findRedis } from "../support/servers.ts";
import { backends, findMissing, type Servers } from "./support/backends.ts";
import { faultApps } from "./support/fault-app.ts";
import { type Fleet, type Harassment, startFleet, type Victim } from "./support/fleet.ts";
import { findBrokenPromises, type Promises } from "./support/oracle.ts";
import { type Random, seededRandom } from "./support/random.ts";
import type { Sent } from "./support/sender.ts";
import { realPolicies, redeliver, startTraffic } from "./support/traffic.ts";

// `pnpm test:faults` asks for the long form. `LATCHHOOK_FAULTS_SEED` repeats a run's choices.
const isLong = process.env.LATCHHOOK_FAULTS === "long";
const seed = Number(process.env.LATCHHOOK_FAULTS_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** A run over one fleet. */
interface Run {
  readonly name: string;
  readonly promises: Promises;
  readonly start: () => Promise<Victim>;
  readonly readEntries: (fleet: Fleet) => Promise<readonly Entry[]>;
  readonly size: number;
  /** Longer than the lease, as each sender's shortest pause is. */
  readonly shortestGapMs: number;
  readonly timeoutMs: number;
  readonly harassment: Harassment;
}

async function harass(run: Run): Promise<void> {
  const random: Random = seededRandom(seed);
  const fleet = await startFleet(run.size, run.start, random);
  try {
    const policies = realPolicies(run.shortestGapMs, run.timeoutMs);
    const { chooseUrl } = fleet;
    const traffic = startTraffic({ policies, concurrency: 16, chooseUrl, random });
    await fleet.harass(run.harassment);
    const sent = await traffic.end();
    const acknowledged = await redeliver(sent, policies, chooseUrl);
    const entries = await run.readEntries(fleet);
    const summary = summarize(run.name, fleet, sent, entries);
    if (isLong) console.log(summary);
    const broken = findBrokenPromises(acknowledged, entries, run.promises);
    if (broken.length > 0) throw new Error([summary, ...broken].join("\n"));
  } finally {
    await fleet.close();
  }
}

function summarize(name: string, fleet: Fleet, sent: readonly Sent[], entries: readonly Entry[]): string {
  const answers = new Map<string, number>();
  for (const { attempts } of sent) {
    for (const { status } of attempts) answers.set(String(status), (answers.get(String(status)) ?? 0) + 1);
  }
  const givenUp = sent.filter(({ acknowledgedAt }) => acknowledgedAt === undefined).length;
  const count = (kind: Entry["kind"]): number => entries.filter((entry) => entry.kind === kind).length;
  return [
    `${name} (seed ${seed}): ${fleet.kills} kills, ${fleet.stops} stops`,
    `${sent.length} deliveries, ${givenUp} of them given up and sent again by hand`,
    `attempts by answer: ${[...answers].map(([answer, times]) => `${answer} ${times}`).join(", ")}`,
    `effects ${count("effect")}`,
  ].join("; ");
}

/** Memory does not outlive a process. */
const durable = backends.filter(({ remembers }) => remembers);
/** One way to write for each store; PostgreSQL comes first. */
const shortForm = ["PostgreSQL, with commit", "Redis, without commit", "SQLite, with commit"].flatMap(
  (name) => durable.filter((backend) => backend.name === name),
);

const servers: Servers = { postgres: await findPostgres(), redis: await findRedis() };

describe.concurrent(`processes killed at random, seed ${seed}`, () => {
  const apps = faultApps();
  afterAll(() => apps.close());

  for (const backend of isLong ? durable : shortForm) {
    describeWithServer(backend.name, findMissing(backend, servers), () => {
      it("keeps every promise", { timeout: 300_000 }, async () => {
        const { place, remove } = await backend.open(servers);
        const options = { leaseMs: 500, deadlineMs: 1_500, waitMs: 200, persistMs: 80 };
        await harass({
          name: backend.name,
          promises: { write: backend.write, remembers: true },
          start: async () => toVictim(await apps.start(place, options)),
          async readEntries() {
            const ledger = await openLedger(parseTableUrl("APP_DB", place.tables));
            const entries = await ledger.read();
            await ledger.close();
            return entries;
          },
          size: 3,
          shortestGapMs: 700,
          timeoutMs: 2_000,
          harassment: {
            kills: isLong ? 22 : 3,
            pauseMs: [100, 700],
            stopMs: 900,
            stopProbability: 0.25,
          },
        });
        await remove();
      });
    });
  }
});

for (const backend of shortForm.filter((_, index) => isLong || index === 0)) {
  describeWithServer(`the Express app as it is: ${backend.name}`, findMissing(backend, servers), () => {
    it(`keeps every promise, seed ${seed}`, { timeout: 300_000 }, async () => {
      const { place, remove } = await backend.open(servers);
      // Its keys in Redis have no prefix of this test's own, so that it gets a Redis of its own.
      const redis = place.store.startsWith("redis:") ? await startOwnRedis() : undefined;
      await harass({
        name: `test/apps/express, ${backend.name}`,
        promises: { write: backend.write, remembers: true },
        start: () => startPlainApp(redis?.url ?? place.store, place.tables),
        readEntries: (fleet) => readEvents(fleet.chooseUrl()),
        size: 2,
        // Its lease is the default, 4 s.
        shortestGapMs: 4_500,
        timeoutMs: 6_000,
        harassment: {
          kills: isLong ? 10 : 2,
          pauseMs: [300, 1_200],
          stopMs: 4_500,
          stopProbability: isLong ? 0.1 : 0,
        },
      });
      await redis?.stop();
      await remove();
    });
  });
}

async function startPlainApp(store: string, tables: string): Promise<Victim> {
  return toVictim(await startApp("express", { STORE_URL: store, APP_DB: tables, PERSIST_DELAY_MS: "80" }));
}

function toVictim({ url, process, kill }: RunningApp): Victim {
  return {
    url,
    kill,
    stop: () => void process.kill("SIGSTOP"),
    continue: () => void process.kill("SIGCONT"),
  };
}

/** Without a ledger the app shows the rows that it has written; when each callback began, it does not say. */
async function readEvents(url: string): Promise<readonly Entry[]> {
  const response = await fetch(new URL("/events", url));
  const rows = (await response.json()) as { key: string; jobId: string; persistedAt: string }[];
  // Its times are in whole milliseconds.
  const offset = monotonicMs() - Date.now() - 1;
  return rows.map(({ key, jobId, persistedAt }) => {
    return { kind: "effect", key, job: jobId, process: 0, at: Date.parse(persistedAt) + offset };
  });
}
