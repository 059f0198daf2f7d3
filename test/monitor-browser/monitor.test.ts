import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findingsOf } from "./support/axe.ts";
import { describeInBrowser, type Session, startBrowser, textOf } from "./support/browser.ts";
import { breakThings, type Scenario, startScenario } from "./support/scenario.ts";

const failing = "G-01JXK3V8TQ4M7N2C9D5H7QF2";
const screenshots = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));

describeInBrowser("the monitor page in a browser", () => {
  let scenario: Scenario;
  let session: Session;

  beforeAll(async () => {
    scenario = await startScenario();
    await breakThings(scenario);
    session = await startBrowser({ permissions: ["clipboard-read", "clipboard-write"] });
  });
  afterAll(async () => {
    await session?.close();
    await scenario?.close();
  });

  async function open(query: string): Promise<Page> {
    return session.open(`${scenario.page}${query}`);
  }

  async function addresses(): Promise<Readonly<Record<string, string>>> {
    const json = async (query: string) => {
      const response = await fetch(`${scenario.page}${query}`, { headers: { accept: "application/json" } });
      return response.json() as Promise<never>;
    };
    const { deliveries } = await json(`?view=deliveries&search=${failing}`);
    const { failures } = await json("?view=failed");
    const { key } = deliveries[0] as { key: string };
    const { cause } = failures[0] as { cause: string };
    return {
      overview: "?view=overview",
      deliveries: "?view=deliveries",
      delivery: `?view=delivery&key=${key}`,
      failed: "?view=failed",
      plan: `?view=plan&cause=${cause}`,
      jobs: "?view=jobs",
      refused: "?view=refused",
      endpoints: "?view=endpoints",
      nothing: "?view=deliveries&search=nobody",
      missing: "?view=delivery&key=nobody",
    };
  }

  test.each([
    ["light", 1280],
    ["dark", 1280],
    ["light", 800],
    ["dark", 360],
  ] as const)(
    "every view in %s at %d px: axe finds nothing, nothing overflows, no error",
    async (scheme, width) => {
      const page = await open("");
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 900 });
      for (const [name, query] of Object.entries(await addresses())) {
        await page.goto(`${scenario.page}${query}`);
        expect(await findingsOf(page), name).toEqual([]);
        const overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
        expect(await page.evaluate(overflow), `${name} overflows`).toBe(0);
      }
      await page.close();
      // A 404 is named by the browser itself.
      expect(session.problems.filter((problem) => !problem.includes("404"))).toEqual([]);
    },
    120_000,
  );

  test("somebody who knows only the job id finds out why, and what is next", async () => {
    const page = await open("");
    await page.getByRole("link", { name: "Deliveries", exact: true }).click();
    await page.getByRole("searchbox").fill(failing);
    await page.keyboard.press("Enter");
    await page.waitForURL(/search=/);
    expect(await textOf(page.locator(".lede"))).toMatch(/^Yes: 1 delivery .* came, 1 failing\.$/);
    await page.getByRole("link", { name: "video.completed", exact: true }).click();
    expect(await textOf(page.locator(".lede"))).toMatch(
      /^Your handler fails: ECONNREFUSED\. .*; 2 of 4 attempts used\.$/,
    );
    const timeline = await textOf(page.locator("ol.line"));
    expect(timeline).toMatch(
      /500 persist-failed.*sender, 1 of 4.*at \/app\/src\/videos\.ts:41:11.*sender, 2 of 4.*the same error.*now,.*attempt 3 of 4.*Then dead/,
    );
    await page.close();
  });

  test("filters, tabs and paging have addresses, and the way back works", async () => {
    const page = await open("?view=deliveries&limit=10");
    const first = await page.locator("tbody tr").allTextContents();
    await page.getByRole("link", { name: "Older" }).click();
    expect(await page.locator("tbody tr").allTextContents()).not.toEqual(first);
    await page.goBack();
    expect(await page.locator("tbody tr").count()).toBe(10);
    await page
      .getByRole("navigation", { name: "State" })
      .getByRole("link", { name: /^Failing/ })
      .click();
    expect(await page.locator("tbody tr").count()).toBe(3);
    await page.getByLabel("Type", { exact: true }).selectOption("video.failed");
    await page.getByRole("button", { name: "Search" }).click();
    expect(await page.locator("tbody tr").count()).toBe(1);
    expect(page.url()).toContain("state=failed");
    await page.close();
  });

  test("the page is kept fresh without being asked for, and can be paused", async () => {
    const page = await open("?view=deliveries");
    await page.getByText("Live, as of").waitFor();
    await page.keyboard.press("Tab");
    await scenario.send({ jobId: "job-that-came-meanwhile", type: "video.cancelled" });
    await page.locator("code[data-copy=job-that-came-meanwhile]").waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    expect(await page.getByText("Paused, as of").count()).toBe(1);
    await page.close();
  });

  test("an id is copied whole", async () => {
    const page = await open(`?view=deliveries&search=${failing}`);
    await page.getByRole("button", { name: "Copy job id" }).first().click();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(failing);
    await page.close();
  });

  if (process.env.UPDATE_SCREENSHOTS === "1") {
    test("writes the screenshots of the documentation", async () => {
      mkdirSync(screenshots, { recursive: true });
      const views = await addresses();
      const page = await open("");
      for (const name of ["overview", "delivery", "failed"]) {
        await page.goto(`${scenario.page}${views[name]}`);
        await page.screenshot({
          path: `${screenshots}${name}.png`,
          clip: { x: 0, y: 0, width: 1280, height: 780 },
        });
      }
      await page.close();
    });
  }

  test("a delivery is replayed by the keyboard alone, and the page says what came of it", async () => {
    const { delivery } = await addresses();
    const page = await open(delivery ?? "");
    scenario.breakWith(undefined);
    await tabTo(page, "button:has-text('Replay')");
    await page.keyboard.press("Enter");
    await page.getByText("Replayed: it succeeded").waitFor();
    expect(await textOf(page.locator(".lede"))).toMatch(
      /succeeded .* after 2 failed runs, by a replay of oncall\.$/,
    );
    expect(scenario.persisted).toContain(failing);
    expect(await textOf(page.locator("ol.line"))).toMatch(/Replay: processed.*by oncall/);
    await page.close();
  });

  test("a cause is replayed as a whole, after its plan", async () => {
    const page = await open("?view=failed");
    const cause = page.getByRole("article").filter({ hasText: "it.result is not iterable" });
    await cause.getByRole("link", { name: /^Replay 3/ }).click();
    expect(await textOf(page.locator(".lede"))).toBe("All 3 deliveries can be replayed.");
    await page.getByRole("button", { name: "Replay 3 now" }).click();
    expect(await textOf(page.locator(".lede"))).toBe("3 deliveries were replayed: 3 succeeded.");
    expect(scenario.persisted.filter((id) => id.startsWith("batch_")).sort()).toEqual([
      "batch_D001",
      "batch_D002",
      "batch_D003",
    ]);
    await page.close();
  });

  test("a job whose webhook never came is checked, and delivered", async () => {
    const lost = "G-01JXK3V8TQ4M7N2C9D5HLOST";
    const page = await open(`?view=deliveries&search=${lost}`);
    expect(await textOf(page.locator(".lede"))).toMatch(/^No webhook of job .* has come\.$/);
    await page.getByRole("button", { name: "Check job" }).click();
    expect(await textOf(page.locator(".lede"))).toBe("It ended without a webhook; a check delivered it.");
    expect(scenario.persisted).toContain(lost);
    await page.close();
  });
});

/** Goes on by the tabulator until the element has the focus. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press("Tab");
    if (
      await page
        .locator(selector)
        .first()
        .evaluate((element) => element === document.activeElement)
    )
      return;
  }
  throw new Error(`The keyboard does not reach ${selector}.`);
}
