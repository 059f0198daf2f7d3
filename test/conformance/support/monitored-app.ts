import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MonitorClient, monitorClient } from "../../apps/app/src/monitor-client.ts";
import { type AppName, type RunningApp, startApp } from "../../apps/app/src/start-app.ts";
import { expectClean } from "./table.ts";

/** What the user `ops` signs in with. */
export const monitorPassword = "Vt5-monitor-password";

/** An app with a monitor page, whose callback can be told to fail. */
export interface MonitoredApp {
  readonly app: RunningApp;
  readonly page: MonitorClient;
  /** From now on the callback throws. */
  fail(): Promise<void>;
  /** From now on it writes again. */
  mend(): Promise<void>;
  /** Ends the app, and fails unless it was alive and clean. */
  close(): Promise<void>;
}

export async function startMonitored(
  name: AppName,
  storeUrl: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<MonitoredApp> {
  const folder = await mkdtemp(join(tmpdir(), "latchhook-conformance-"));
  const switchFile = join(folder, "fails");
  const app = await startApp(name, {
    STORE_URL: storeUrl,
    MONITOR_PASSWORD: monitorPassword,
    PERSIST_FAILS_WHILE: switchFile,
    ...environment,
  });
  return {
    app,
    page: monitorClient(app.url, monitorPassword),
    fail: () => writeFile(switchFile, ""),
    mend: () => rm(switchFile, { force: true }),
    async close() {
      try {
        expectClean(app);
      } finally {
        await app.kill();
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}
