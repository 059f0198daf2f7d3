import { EdgeVM } from "@edge-runtime/vm";
import { beforeAll, describe, expect, test } from "vitest";
import { type Bundle, bundleForEdge } from "./bundle.ts";
import type { SmokeReport } from "./smoke/check.ts";
import { commonChecks } from "./smoke/common-checks.ts";
import { resultOf } from "./smoke/result-of.ts";
import { forge, type SignedDelivery, signAiStats } from "./smoke/sign.ts";

describe("the edge VM", () => {
  let bundle: Bundle;
  let vm: EdgeVM;

  beforeAll(async () => {
    bundle = await bundleForEdge("edge.ts");
    // As at Vercel: no eval.
    vm = new EdgeVM({ initialCode: bundle.code, codeGeneration: { strings: false, wasm: false } });
  });

  async function send({ headers, body }: SignedDelivery): Promise<[number, unknown]> {
    const response = await vm.dispatchFetch("http://127.0.0.1/webhook", { method: "POST", headers, body });
    return [response.status, await response.json()];
  }

  test("passes the smoke suite on Web Crypto", async () => {
    const response = await vm.dispatchFetch("http://127.0.0.1/report");
    const report = (await response.json()) as SmokeReport;
    expect(report.crypto).toBe("Web Crypto");
    for (const { name } of commonChecks) expect.soft(resultOf(report, name), name).toBe("passed");
  });

  test("receives through its fetch event", async () => {
    const delivery = await signAiStats("job_edge");
    expect(await send(delivery)).toEqual([200, { received: true }]);
    expect(await send(delivery)).toEqual([200, { received: true, duplicate: true }]);
    expect(await send(forge(delivery))).toEqual([401, { error: "unauthentic" }]);
  });

  test("is bundled with core's Web Crypto file and nothing of Node", () => {
    const cryptoFiles = bundle.inputs.filter((path) => path.includes("core/dist/esm/crypto/"));
    expect(cryptoFiles).toEqual([expect.stringMatching(/web\.js$/)]);
    expect(bundle.code).not.toMatch(/require\("node:/);
  });
});
