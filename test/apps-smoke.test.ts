import { once } from "node:events";
import { connect } from "node:net";
import type { SignedWebhook } from "@latchhook/testing";
import { describe, expect, it } from "vitest";
import { appNames, startApp } from "./apps/app/src/start-app.ts";
import { appSenders } from "./support/app-senders.ts";

const deliveries: readonly (readonly [path: string, signed: SignedWebhook])[] = appSenders.map(
  ({ provider, sign }) => [provider, sign({ jobId: `${provider}_smoke` })],
);

async function post(url: string, signed: SignedWebhook): Promise<readonly [number, string]> {
  const response = await fetch(url, signed);
  return [response.status, await response.text()];
}

const processed = [200, '{"received":true}'];
const duplicate = [200, '{"received":true,"duplicate":true}'];

describe.each(appNames)("the %s app", (name) => {
  it("persists each sender's delivery once, and exits as it should on SIGTERM", async () => {
    const app = await startApp(name);
    for (const [path, signed] of deliveries) {
      expect(await post(`${app.url}/webhooks/${path}`, signed)).toEqual(processed);
    }
    for (const [path, signed] of deliveries) {
      // With the slash that some dashboards add: no redirect, the same endpoint.
      expect(await post(`${app.url}/webhooks/${path}/`, signed)).toEqual(duplicate);
    }
    const events = await app.events();
    expect(events.map(({ provider, jobId, status }) => [provider, jobId, status])).toEqual([
      ["ai-stats", "ai-stats_smoke", "completed"],
      ["videogen", "videogen_smoke", "completed"],
      ["creativeai", "creativeai_smoke", "completed"],
    ]);
    expect(await app.stop()).toBe(name === "next" ? 143 : 0);
  });

  it("finishes on SIGTERM what is in flight", async () => {
    const app = await startApp(name, { PERSIST_DELAY_MS: "600" });
    const [path, signed] = deliveries[0] as (typeof deliveries)[0];
    const answer = post(`${app.url}/webhooks/${path}`, signed);
    await new Promise((resolve) => setTimeout(resolve, 250));
    const stopped = app.stop();
    expect(await answer).toEqual(processed);
    expect(await stopped).toBe(name === "next" ? 143 : 0);
  });

  it("says which setting is wrong", async () => {
    const started = startApp(name, { STORE_URL: "mysql://127.0.0.1/app" });
    await expect(started).rejects.toThrow(
      "STORE_URL must be sqlite:<path>, memory:, redis://… or postgres://…",
    );
  });
});

// Next.js has its own answers to other methods, and its own patience at shutdown.
describe.each(["express", "hono"] as const)("the %s app", (name) => {
  it("answers other methods 405, and lets go of silent connections on SIGTERM", async () => {
    const app = await startApp(name);
    for (const method of ["GET", "PUT", "DELETE", "OPTIONS"]) {
      const response = await fetch(`${app.url}/webhooks/ai-stats`, { method });
      expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
    }
    const silent = connect(Number(new URL(app.url).port), "127.0.0.1");
    await once(silent, "connect");
    expect(await app.stop()).toBe(0);
  });
});
