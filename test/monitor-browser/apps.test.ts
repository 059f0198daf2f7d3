import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { appNames } from "../apps/app/src/start-app.ts";
import { type MonitoredApp, monitorPassword, startMonitored } from "../conformance/support/monitored-app.ts";
import { creativeaiSender, newJobId } from "../conformance/support/senders.ts";
import { exchange } from "../conformance/support/wire.ts";
import { findingsOf } from "./support/axe.ts";
import { describeInBrowser, type Session, startBrowser, textOf } from "./support/browser.ts";

const httpCredentials = { username: "ops", password: monitorPassword };

describeInBrowser("the page of each framework's app, in a browser", () => {
  describe.each(appNames)("%s", (name) => {
    let monitored: MonitoredApp;
    let session: Session;
    let address = "";

    beforeAll(async () => {
      monitored = await startMonitored(name, "memory:");
      address = `${monitored.app.url}/ops/webhooks`;
      session = await startBrowser({ httpCredentials });
    });
    afterAll(async () => {
      await session?.close();
      await monitored?.close();
    });

    /** A delivery whose callback has failed, and what would mend it. */
    async function failOnce(): Promise<string> {
      const jobId = newJobId();
      await monitored.fail();
      expect((await exchange(monitored.app.url, creativeaiSender.sign({ jobId })))?.status).toBe(500);
      await monitored.mend();
      return jobId;
    }

    async function effectsOf(jobId: string): Promise<number> {
      return (await monitored.app.events()).filter((row) => row.jobId === jobId).length;
    }

    test("a failed delivery is found by its job's id, and replayed once with the button", async () => {
      const jobId = await failOnce();
      const page = await session.open(`${address}?view=deliveries`);
      await page.getByRole("searchbox").fill(jobId);
      await page.keyboard.press("Enter");
      await page.waitForURL(/search=/);
      await page.getByRole("link", { name: "video.generation.completed", exact: true }).click();
      expect(await textOf(page.locator(".lede"))).toMatch(/^Your handler fails: told to fail\./);
      await page.getByRole("button", { name: "Replay", exact: true }).click();
      await expect.poll(() => effectsOf(jobId), { timeout: 10_000 }).toBe(1);
      await page.goto(`${address}?view=deliveries&search=${jobId}`);
      expect(await textOf(page.locator("tbody"))).toMatch(/done/i);
      await page.close();
    });

    test("every view: axe finds nothing, nothing overflows at 360 px, no error in the console", async () => {
      await failOnce();
      const page = await session.open(address);
      await page.setViewportSize({ width: 360, height: 800 });
      for (const view of ["overview", "deliveries", "failed", "jobs", "refused", "endpoints"]) {
        await page.goto(`${address}?view=${view}`);
        expect(await findingsOf(page), view).toEqual([]);
        const overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
        expect(await page.evaluate(overflow), `${view} overflows`).toBe(0);
      }
      await page.close();
      expect(session.problems).toEqual([]);
    });

    test("replays without JavaScript", async () => {
      const jobId = await failOnce();
      const plain = await startBrowser({ httpCredentials, javaScriptEnabled: false });
      try {
        const page = await plain.open(`${address}?view=deliveries&search=${jobId}`);
        await page.getByRole("link", { name: "video.generation.completed", exact: true }).click();
        await page.getByRole("button", { name: "Replay", exact: true }).click();
        await expect.poll(() => effectsOf(jobId), { timeout: 10_000 }).toBe(1);
      } finally {
        await plain.close();
      }
    });
  });
});
