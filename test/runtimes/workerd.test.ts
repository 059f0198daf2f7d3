import type { Miniflare } from "miniflare";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWithServer } from "../support/servers.ts";
import { findWorkerd } from "./binary.ts";
import { type Bundle, bundleForWorkerd } from "./bundle.ts";
import type { SmokeReport } from "./smoke/check.ts";
import { commonChecks } from "./smoke/common-checks.ts";
import { resultOf } from "./smoke/result-of.ts";
import { forge, type SignedDelivery, secrets, signAiStats } from "./smoke/sign.ts";

describeWithServer("workerd", findWorkerd(), () => {
  let bundle: Bundle;
  let miniflare: Miniflare;
  let address: URL;

  beforeAll(async () => {
    bundle = await bundleForWorkerd("workerd.ts");
    const { Miniflare } = await import("miniflare");
    miniflare = new Miniflare({
      modules: true,
      script: bundle.code,
      // Without nodejs_compat: nothing of Node may be needed.
      compatibilityDate: "2026-04-01",
      bindings: { SECRET: secrets.aiStats },
      host: "127.0.0.1",
      // Otherwise Miniflare asks Cloudflare for an example of it.
      cf: false,
    });
    address = await miniflare.ready;
  });
  afterAll(() => miniflare?.dispose());

  async function send({ headers, body }: SignedDelivery): Promise<[number, unknown]> {
    const response = await fetch(new URL("/webhook", address), { method: "POST", headers, body });
    return [response.status, await response.json()];
  }

  test("passes the smoke suite on Web Crypto", async () => {
    const response = await fetch(new URL("/report", address));
    const report = (await response.json()) as SmokeReport;
    expect(report.crypto).toBe("Web Crypto");
    for (const { name } of commonChecks) expect.soft(resultOf(report, name), name).toBe("passed");
  });

  test("receives over a socket, with the secret from a binding", async () => {
    const delivery = await signAiStats("job_workerd");
    expect(await send(delivery)).toEqual([200, { received: true }]);
    expect(await send(delivery)).toEqual([200, { received: true, duplicate: true }]);
    expect(await send(forge(delivery))).toEqual([401, { error: "unauthentic" }]);
    const persisted = await fetch(new URL("/persisted", address));
    expect(await persisted.json()).toEqual(["evt_video_job_workerd_video_completed"]);
  });

  test("is bundled with core's Web Crypto file and nothing of Node", () => {
    const cryptoFiles = bundle.inputs.filter((path) => path.includes("core/dist/esm/crypto/"));
    expect(cryptoFiles).toEqual([expect.stringMatching(/web\.js$/)]);
    expect(bundle.code).not.toMatch(/from\s*"node:/);
  });
});
