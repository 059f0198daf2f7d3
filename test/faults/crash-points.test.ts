import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CrashPoint } from "../apps/app/src/faults/crash.ts";
import { type Ledger, openLedger } from "../apps/app/src/faults/ledger.ts";
import { parseTableUrl } from "../apps/app/src/settings.ts";
import type { RunningApp } from "../apps/app/src/start-app.ts";
import { describeWithServer, findPostgres, findRedis } from "../support/servers.ts";
import { type Backend, backends, findMissing, type OpenPlace, type Servers } from "./support/backends.ts";
import { faultApps } from "./support/fault-app.ts";
import { findBrokenPromises } from "./support/oracle.ts";
import { deliver, type SenderPolicy } from "./support/sender.ts";

/** How many effects there are in the end, when the process that has the first attempt dies at a point. */
type Effects = Partial<Record<CrashPoint, readonly number[]>>;

const beforeTheEffect: Effects = {
  "before-claim": [1],
  "in-claim": [1],
  "after-claim": [1],
  "in-persist": [1],
};
const answering: Effects = { "before-answer": [1], "after-answer": [1] };

const withoutCommit: Effects = {
  ...beforeTheEffect,
  "after-effect": [2],
  "before-complete": [2],
  // Whether the mark was made when the process died, no one can know.
  "in-complete": [1, 2],
  "after-complete": [1],
  ...answering,
};

const withCommit: Effects = {
  ...beforeTheEffect,
  "in-commit": [1],
  "in-commit-request": [1],
  "after-commit": [1],
  ...answering,
};

/** The memory of a process dies with it: once there is an effect, the next attempt has another. */
const forgetful: Effects = {
  ...withoutCommit,
  "in-complete": [2],
  "after-complete": [2],
  "before-answer": [2],
};

/** Only `pg` says COMMIT in a request that can be seen. */
function effectsFor({ name, write, remembers }: Backend): Effects {
  if (!remembers) return forgetful;
  if (write === "separate") return withoutCommit;
  const { "in-commit-request": request, ...others } = withCommit;
  return name.startsWith("PostgreSQL") ? { ...others, "in-commit-request": request ?? [] } : others;
}

const leaseMs = 400;
const limits = { leaseMs, waitMs: 50, deadlineMs: 5_000 };

/** The gap is longer than the lease, as every sender's is. */
const impatient: SenderPolicy = { name: "creativeai", timeoutMs: 5_000, gapsMs: [500, 500, 500, 500] };

const servers: Servers = { postgres: await findPostgres(), redis: await findRedis() };
const apps = faultApps();
afterAll(() => apps.close());

describe.concurrent("killed with SIGKILL", () => {
  for (const backend of backends) {
    const { name, remembers } = backend;
    describeWithServer(name, findMissing(backend, servers), () => {
      let opened: OpenPlace;
      let ledger: Ledger;
      /** The process that lives on. */
      let other: RunningApp;

      beforeAll(async () => {
        opened = await backend.open(servers);
        ledger = await openLedger(parseTableUrl("APP_DB", opened.place.tables));
        other = await apps.start(opened.place, limits);
      });
      afterAll(async () => {
        await other.kill();
        await ledger.close();
        await opened.remove();
      });

      for (const [point, expected] of Object.entries(effectsFor(backend))) {
        it(`${point}`, async ({ expect }) => {
          const victim = await apps.start(opened.place, { ...limits, crashAt: point as CrashPoint });
          const urls = [victim.url];
          const sent = await deliver(impatient, `job-${point}`, () => urls.shift() ?? other.url);

          expect(await victim.exited()).toBe(null);
          const [first] = sent.attempts;
          expect(first?.status).toBe(point === "after-answer" ? 200 : "no answer");
          const entries = await ledger.read();
          const promises = { write: backend.write, remembers };
          expect(findBrokenPromises([sent], entries, promises)).toEqual([]);
          const effects = entries.filter(({ kind, job }) => kind === "effect" && job === sent.job);
          expect(expected).toContain(effects.length);
        });
      }
    });
  }
});

describe("the oracle", () => {
  const at = (kind: "start" | "effect" | "completion", time: number) => ({
    kind,
    key: "the key",
    job: kind === "completion" ? "" : "the job",
    process: 1,
    at: time,
  });
  const sent = { job: "the job", sender: "creativeai" as const, attempts: [] };
  const promises = { write: "commit" as const, remembers: true };
  const fine = [at("start", 1), at("effect", 2), at("completion", 3)];

  it.each([
    ["nothing, where all is well", fine, 4, []],
    ["what was acknowledged and not persisted", [at("start", 1)], 4, [/is not persisted/]],
    [
      "what was acknowledged before it was persisted",
      [at("start", 1), at("effect", 5)],
      4,
      [/is not persisted/],
    ],
    ["what was never acknowledged", fine, undefined, [/never acknowledged/]],
    ["a second effect", [...fine, at("effect", 2.5)], 4, [/has 2 effects/]],
    ["a start after completion", [...fine, at("start", 3.5)], 4, [/began 0.5 ms after/]],
  ])("finds %s", (_, entries, acknowledgedAt, found) => {
    const broken = findBrokenPromises([{ ...sent, acknowledgedAt }], entries, promises);
    expect(broken).toEqual(found.map((text) => expect.stringMatching(text)));
  });
});
