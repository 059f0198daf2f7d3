import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appNames } from "../apps/app/src/start-app.ts";
import { tableUnder } from "../docs/support/markdown.ts";
import { readPage } from "../docs/support/pages.ts";
import { retryUntilSettled, tryOnce } from "./support/lifecycle.ts";
import { type MonitoredApp, startMonitored } from "./support/monitored-app.ts";
import { creativeaiSender, newJobId } from "./support/senders.ts";
import { expectAnswer } from "./support/table.ts";
import { exchange, withHeader } from "./support/wire.ts";

interface Refusal {
  readonly reason: string | null;
  readonly count: number;
}

async function effectsOf({ app }: MonitoredApp, jobId: string): Promise<number> {
  return (await app.events()).filter((row) => row.jobId === jobId).length;
}

/** The value of a series of CreativeAI; undefined where there is none. */
async function metric({ app }: MonitoredApp, name: string, label: string): Promise<number | undefined> {
  const text = await (await fetch(`${app.url}/metrics`)).text();
  const line = text
    .split("\n")
    .find((one) => one.startsWith(`${name}{`) && one.includes(label) && one.includes('"creativeai"'));
  return line === undefined ? undefined : Number(line.split(" ").at(-1));
}

it("the drill of docs/operations.md has the steps that are walked here", () => {
  const steps = tableUnder(readPage("docs/operations.md"), "Drill").rows;
  expect(steps.map(([number]) => number)).toEqual(["1", "2", "3", "4", "5", "6"]);
});

describe.each(appNames)("the drill, in the %s app", (name) => {
  const jobId = newJobId();
  const request = creativeaiSender.sign({ jobId });
  let monitored: MonitoredApp;
  let key = "";
  let folder = "";
  let storeUrl = "";

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "latchhook-drill-"));
    storeUrl = `sqlite:${join(folder, "app.db")}`;
    monitored = await startMonitored(name, storeUrl);
  });
  afterAll(async () => {
    await monitored?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("1 the callback throws: 500, and the metrics say so", async () => {
    await monitored.fail();
    expectAnswer(await exchange(monitored.app.url, request), "failed");
    expect(await metric(monitored, "latchhook_deliveries", 'state="failed"')).toBe(1);
    expect(await metric(monitored, "latchhook_requests_total", 'outcome="persist-failed"')).toBe(1);
  });

  it("2 the job's id alone leads to the delivery and its error", async () => {
    const [found] = await monitored.page.find(jobId);
    expect(found).toMatchObject({ state: "failed", error: "told to fail" });
    key = found?.key ?? "";
  });

  it("3 mended and replayed: one effect", async () => {
    await monitored.mend();
    expect(await monitored.page.act("replay", { key })).toEqual({ status: 200, outcome: "processed" });
    expect(await effectsOf(monitored, jobId)).toBe(1);
    expect(await metric(monitored, "latchhook_deliveries", 'state="failed"')).toBe(0);
  });

  it("4 the sender's own retry: a duplicate, still one effect", async () => {
    expectAnswer(await exchange(monitored.app.url, request), "duplicate");
    expect(await effectsOf(monitored, jobId)).toBe(1);
  });

  it("5 a wrong secret: 401, and counted under its reason", async () => {
    const forged = withHeader(request, creativeaiSender.signatureHeader, `sha256=${"0".repeat(64)}`);
    expectAnswer(await exchange(monitored.app.url, forged), "unauthentic");
    const { page } = monitored;
    const refused = async () => (await page.view<{ refused: readonly Refusal[] }>("refused")).refused;
    await expect
      .poll(refused, { timeout: 10_000, interval: 100 })
      .toMatchObject([{ reason: "signature-mismatch", count: 1 }]);
    expect(await metric(monitored, "latchhook_refusals_total", 'reason="signature-mismatch"')).toBe(1);
  });

  it("6 killed while a callback runs: the next attempt has its one effect", async () => {
    await monitored.close();
    const slow = await startMonitored(name, storeUrl, { PERSIST_DELAY_MS: "60000", LEASE_MS: "1000" });
    const killed = newJobId();
    const attempt = creativeaiSender.sign({ jobId: killed });
    const answer = tryOnce(slow.app.url, attempt);
    await sleep(500);
    await slow.app.kill();
    expect(await answer).toBeUndefined();
    monitored = await startMonitored(name, storeUrl);
    expectAnswer(await retryUntilSettled(monitored.app.url, attempt), "processed");
    expect(await effectsOf(monitored, killed)).toBe(1);
  }, 60_000);
});
