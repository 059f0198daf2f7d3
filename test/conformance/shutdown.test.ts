import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { counted, openConnection, type WireRequest } from "@latchhook/testing/wire";
import { describe, expect, it } from "vitest";
import { type AppName, appNames } from "../apps/app/src/start-app.ts";
import { expectOneRowEach, tryOnce, withApp, withFolder } from "./support/lifecycle.ts";
import { newJobId, senders } from "./support/senders.ts";
import { expectAnswer } from "./support/table.ts";
import { exchange } from "./support/wire.ts";

/** A request whose body is still on its way when the signal comes. */
async function sendSlowly(url: string, request: WireRequest, restAfterMs: number) {
  const bytes = counted(request, ["Connection: close"]);
  const wire = await openConnection(url);
  await wire.write(bytes.subarray(0, -10));
  const answered = wire.response();
  await sleep(restAfterMs);
  await wire.write(bytes.subarray(-10));
  const response = await answered;
  wire.destroy();
  return response;
}

async function expectOrderlyExit(name: AppName): Promise<void> {
  await withFolder(async (folder) => {
    const environment = { STORE_URL: `sqlite:${join(folder, "app.db")}`, LOG_OUTCOMES: "1" };
    const deliveries = [...senders, ...senders].map((sender) => {
      const jobId = newJobId();
      return { jobId, request: sender.sign({ jobId }) };
    });
    const [slow, ...others] = deliveries.map(({ request }) => request);
    if (slow === undefined) throw new Error("There are senders.");

    await withApp(name, { ...environment, PERSIST_DELAY_MS: "1500" }, async (first) => {
      const answers = others.map((request) => exchange(first.url, request));
      const slowAnswer = sendSlowly(first.url, slow, 1_000);
      await sleep(700);
      const stopped = first.stop();
      for (const answer of answers) expectAnswer(await answer, "processed");
      expectAnswer(await slowAnswer, "processed");
      expect(await stopped).toBe(name === "next" ? 143 : 0);
      expect(await tryOnce(first.url, slow)).toBeUndefined();
    });

    await withApp(name, environment, async (second) => {
      for (const { request } of deliveries) expectAnswer(await exchange(second.url, request), "duplicate");
      const jobIds = deliveries.map(({ jobId }) => jobId);
      await expectOneRowEach(second, jobIds);
    });
  });
}

describe.concurrent.each(appNames)("H shutdown: the %s app", (name) => {
  it("H101 SIGTERM: what is in flight is finished and answered, then it exits", () =>
    expectOrderlyExit(name));
});
