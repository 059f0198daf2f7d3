import { verifyWebhook } from "@latchhook/core";
import { vercel } from "@latchhook/core/providers/vercel";
import { providerContract, signVercel } from "@latchhook/testing";
import { describe, expect, it } from "vitest";

const secret = "secret-of-the-webhook-of-vercel";

describe("vercel", () => {
  const cases = providerContract({
    provider: (given) => vercel({ secret: given }),
    secrets: [secret, "another-secret-of-that-webhook"],
    sign: signVercel,
    requiredHeaders: ["x-vercel-signature"],
    caseInsensitiveHeaders: ["x-vercel-signature"],
    toleranceSeconds: null,
    samples: [
      sample("deployment.created", "queued"),
      sample("deployment.prepared", "processing"),
      sample("deployment.succeeded", "completed"),
      sample("deployment.ready", "completed"),
      sample("deployment.error", "failed"),
      sample("deployment.canceled", "cancelled"),
      sample("deployment.promoted", null),
      { ...sample("project.removed", null), known: true },
      { ...sample("firewall.attack", null), known: false },
    ],
  });
  for (const { name, run } of cases) it(name, run);
});

describe("events of Vercel", () => {
  const read = async (body: object) => {
    const result = await verifyWebhook(vercel({ secret }), signVercel({ secret, body }));
    return result.ok ? result : undefined;
  };

  it("have the body's payload as data, its id, and when it happened", async () => {
    const result = await read(payload("deployment.error"));
    expect(result?.event).toMatchObject({
      id: "evt_deployment.error",
      data: { deployment: { id: "dpl_1" } },
      job: { id: "dpl_1", status: "failed", terminal: true },
      occurredAt: new Date(1_795_000_000_123),
    });
  });

  it("are told by their id alone", async () => {
    const first = await read(payload("deployment.error"));
    const again = await read({ ...payload("deployment.error"), region: "fra1" });
    const other = await read({ ...payload("deployment.error"), id: "evt_other" });
    expect(again?.key).toBe(first?.key);
    expect(other?.key).not.toBe(first?.key);
  });

  it.each([null, "", {}, "now", 1e300])("createdAt of %j is no time", async (createdAt) => {
    expect((await read({ ...payload("deployment.error"), createdAt }))?.event.occurredAt).toBeNull();
  });
});

function payload(type: string) {
  const data = { deployment: { id: "dpl_1", meta: {} }, project: { id: "prj_1" }, team: null };
  return { id: `evt_${type}`, type, createdAt: 1_795_000_000_123, region: null, payload: data };
}

function sample(type: string, status: string | null) {
  const body = payload(type);
  const job = status === null ? null : { id: "dpl_1", status };
  return { name: type, attempts: [body, body] as const, type, known: true, job };
}
