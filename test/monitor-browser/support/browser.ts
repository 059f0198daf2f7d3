import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from "playwright-core";
import { describe } from "vitest";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Names of no server: an origin that is neither https nor this machine.
  "--host-resolver-rules=MAP *.monitor.test 127.0.0.1",
];

/** Where Chromium is; undefined where there is none. */
export function findChromium(): string | undefined {
  const places = [
    process.env.CHROMIUM_PATH,
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
  ];
  return places.find((place) => place !== undefined && place !== "" && existsSync(place));
}

/** A suite that needs Chromium: skipped where there is none, and says so; in CI it fails. */
export function describeInBrowser(name: string, suite: () => void): void {
  if (findChromium() === undefined && process.env.CI !== "true") {
    console.warn(`Skipped, for there is no Chromium (set CHROMIUM_PATH): ${name}`);
    describe.skip(`${name} (no Chromium)`, suite);
    return;
  }
  describe(name, suite);
}

export interface Session {
  readonly context: BrowserContext;
  /** A page whose console and network errors are collected in `problems`. */
  open(url: string): Promise<Page>;
  readonly problems: string[];
  close(): Promise<void>;
}

/** A browser with a profile of its own. */
export async function startBrowser(options: BrowserContextOptions = {}): Promise<Session> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error("There is no Chromium: set CHROMIUM_PATH to one.");
  const profile = mkdtempSync(join(tmpdir(), "latchhook-chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: flags,
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  context.setDefaultTimeout(15_000);
  const problems: string[] = [];
  return {
    context,
    problems,
    async open(url) {
      const page = await context.newPage();
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) problems.push(message.text());
      });
      page.on("pageerror", (error) => problems.push(error.message));
      page.on("dialog", (dialog) => {
        problems.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      await page.goto(url);
      return page;
    },
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** What an element says, on one line. */
export async function textOf(locator: Locator): Promise<string> {
  return ((await locator.textContent()) ?? "").replace(/\s+/g, " ").trim();
}
