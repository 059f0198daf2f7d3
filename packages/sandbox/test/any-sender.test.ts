import { verifyWebhook } from "@latchhook/core";
import { senders } from "@latchhook/testing";
import { describe, expect, test } from "vitest";
import { call, type Received, receive, sandboxWith } from "./support/sandbox-trial.ts";

describe.each(senders)("a delivery of $name", ({ name, makeProvider, secrets }) => {
  const [, secret] = secrets;
  const reasonsOf = async (received: readonly Received[]) => {
    const provider = makeProvider({ secret });
    const results = await Promise.all(received.map((request) => verifyWebhook(provider, request)));
    return results.map((result) => (result.ok ? result.key : "reason" in result && result.reason));
  };

  test("is signed as the sender does, and repeated under one key", async () => {
    const sandbox = await sandboxWith({ faults: { duplicates: 2, forged: 2 } });
    const { url, received } = await receive();
    const { jobId } = sandbox.send({ provider: name, to: url, secret, jobId: "job_1" });
    await sandbox.idle();
    const [body, signature, ...keys] = await reasonsOf(received);
    expect([body, signature]).toEqual(["signature-mismatch", "signature-mismatch"]);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(sandbox.deliveries.at(-1)).toMatchObject({ sender: name, jobId, kind: "duplicate", status: 200 });
  });

  test("is tried as often as the sender tries, over one key", async () => {
    const sandbox = await sandboxWith({ speed: 1_000_000 });
    const { url, received } = await receive(() => 500);
    sandbox.send({ provider: name, to: url, secret });
    await sandbox.idle();
    const keys = await reasonsOf(received);
    expect(keys).toHaveLength(makeProvider({ secret }).policy.maxAttempts ?? 5);
    expect(new Set(keys).size).toBe(1);
  });

  test("has stale copies where a time is signed", async () => {
    const sandbox = await sandboxWith({ faults: { stale: 1 } });
    const { url, received } = await receive();
    sandbox.send({ provider: name, to: url, secret });
    await sandbox.idle();
    const reasons = (await reasonsOf(received)).slice(0, -1);
    const reading = makeProvider({ secret }).read(received.at(-1) as Received);
    const isUndated = reading.ok && reading.undated === true;
    expect(reasons).toEqual(isUndated ? [] : [expect.stringMatching(/^stale-(content|timestamp)$/)]);
  });
});

test.each([
  ["ai-stats", "batch.failed"],
  ["videogen", "workflow_run.cancelled"],
  ["creativeai", "video.generation.failed"],
  ["assemblyai", "transcript.error"],
  ["discord", "ENTITLEMENT_CREATE"],
  ["firecrawl", "agent.cancelled"],
  ["heygen", "video_translate.fail"],
  ["lemon-squeezy", "order_refunded"],
  ["linear", "Comment"],
  ["luma", "generation.failed"],
  ["meta", "page"],
  ["shopify", "products/update"],
  ["vercel", "deployment.error"],
])("a delivery of %s is of the type that is asked for: %s", async (provider, type) => {
  const sandbox = await sandboxWith();
  const { url: to, received } = await receive();
  expect((await call(sandbox, "POST", "/_sandbox/send", { provider, type, to })).status).toBe(202);
  await sandbox.idle();
  const sender = senders.find(({ name }) => name === provider);
  const [secret = ""] = sender?.secrets ?? [];
  const result = await verifyWebhook(sender?.makeProvider({ secret }) as never, received[0] as Received);
  expect(result).toMatchObject({ ok: true, event: { type, known: true } });
});

describe("a delivery that cannot be sent", () => {
  const to = "http://127.0.0.1:1/hook";

  test.each([
    [{ provider: "nobody", to }, /provider is one of ai-stats, .*github/],
    [{ provider: "github", to: "https://example.com/hook" }, /http URL of this machine/],
    [{ provider: "videogen", to, secret: "not base64!" }, /videogen: the secret/],
  ])("%j → says why, in the process and over HTTP", async (delivery, why) => {
    const sandbox = await sandboxWith();
    expect(() => sandbox.send(delivery)).toThrow(why);
    const { status, text } = await call(sandbox, "POST", "/_sandbox/send", delivery);
    expect([status, text]).toEqual([400, expect.stringMatching(why)]);
    expect(sandbox.deliveries).toEqual([]);
  });
});
