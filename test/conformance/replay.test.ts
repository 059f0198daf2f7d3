import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appNames, type RunningApp } from "../apps/app/src/start-app.ts";
import { type MonitoredApp, startMonitored } from "./support/monitored-app.ts";
import {
  aiStatsSenders,
  creativeaiSender,
  newJobId,
  type Sender,
  videogenSender,
} from "./support/senders.ts";
import { describeStores, type StorePlace } from "./support/store-places.ts";
import { expectAnswer } from "./support/table.ts";
import { exchange } from "./support/wire.ts";

const senders: readonly Sender[] = [aiStatsSenders[0], videogenSender, creativeaiSender];

async function effectsOf(app: RunningApp, jobId: string): Promise<number> {
  return (await app.events()).filter((row) => row.jobId === jobId).length;
}

describeStores("M replay", (openPlace) => {
  describe.each(appNames)("the %s app", (name) => {
    let place: StorePlace;
    let monitored: MonitoredApp;
    beforeAll(async () => {
      place = await openPlace();
      // Long enough for a replay and a retry to meet; and what is done can be run again.
      monitored = await startMonitored(name, place.url, { PERSIST_DELAY_MS: "150", INBOX_BODY: "all" });
    });
    afterAll(async () => {
      await monitored?.close();
      await place?.remove();
    });

    /** Sends a delivery that fails. */
    async function failOnce(sender: Sender) {
      const { app, page, fail, mend } = monitored;
      const jobId = newJobId();
      const request = sender.sign({ jobId });
      await fail();
      expectAnswer(await exchange(app.url, request), "failed");
      await mend();
      const [found, ...others] = await page.find(jobId);
      if (found === undefined) throw new Error("The page does not find the job.");
      expect(others).toEqual([]);
      expect(found).toMatchObject({ state: "failed", runs: 1, error: "told to fail" });
      return { jobId, request, key: found.key };
    }

    it.each(senders)(
      "M114 fail, mend, replay → one effect, and the retry is a duplicate ($name)",
      async (sender) => {
        const { app, page } = monitored;
        const { jobId, request, key } = await failOnce(sender);
        expect(await page.act("replay", { key })).toEqual({ status: 200, outcome: "processed" });
        expect(await effectsOf(app, jobId)).toBe(1);
        expectAnswer(await exchange(app.url, request), "duplicate");
        expect(await effectsOf(app, jobId)).toBe(1);
        const shown = await page.delivery(key);
        expect(shown).toMatchObject({ state: "done", runs: 2, replays: 1 });
        expect(shown.attempts).toContainEqual(
          expect.objectContaining({ source: "replay", outcome: "processed", actor: "ops" }),
        );
      },
    );

    it.each(senders)("M114 a replay racing the sender's retry → one effect ($name)", async (sender) => {
      const { app, page } = monitored;
      const { jobId, request, key } = await failOnce(sender);
      const [replayed, retried] = await Promise.all([
        page.act("replay", { key }),
        exchange(app.url, request),
      ]);
      expect(retried?.status).toBe(200);
      expect(["processed", "duplicate", "already-done"]).toContain(replayed.outcome);
      expect(await effectsOf(app, jobId)).toBe(1);
    });

    it.each(senders)(
      "M114 of a done delivery: refused; with force one more effect, marked ($name)",
      async (sender) => {
        const { app, page } = monitored;
        const jobId = newJobId();
        const request = sender.sign({ jobId });
        expectAnswer(await exchange(app.url, request), "processed");
        const [done] = await page.find(jobId);
        const key = done?.key ?? "";
        expect(await page.act("replay", { key })).toMatchObject({ status: 409, outcome: "already-done" });
        expect(await effectsOf(app, jobId)).toBe(1);
        expect(await page.act("replay", { key, force: "true" })).toEqual({
          status: 200,
          outcome: "processed",
        });
        expect(await effectsOf(app, jobId)).toBe(2);
        expectAnswer(await exchange(app.url, request), "duplicate");
        const shown = await page.delivery(key);
        expect(shown).toMatchObject({ state: "done", runs: 2, replays: 1 });
        expect(shown.attempts).toContainEqual(expect.objectContaining({ source: "replay", actor: "ops" }));
      },
    );

    it("M114 with force, where the body is not kept any more → refused", async () => {
      const { app, page } = monitored;
      const { jobId, key } = await failOnce(creativeaiSender);
      await page.act("replay", { key });
      await page.act("drop-body", { key });
      expect(await page.act("replay", { key, force: "true" })).toMatchObject({
        status: 409,
        outcome: "no-body",
      });
      expect(await effectsOf(app, jobId)).toBe(1);
    });
  });
});
