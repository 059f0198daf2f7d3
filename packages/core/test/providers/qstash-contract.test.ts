import { type SignedRequest, verifyWebhook } from "@latchhook/core";
import { qstash } from "@latchhook/core/providers/qstash";
import { providerContract, signQstash } from "@latchhook/testing";
import { afterEach, describe, expect, it, vi } from "vitest";
import { trialReceiver } from "../support/trial-receiver.ts";

const secret = "sig_a-signing-key-of-qstash";
const url = "https://example.com/webhooks/qstash?queue=1";
const provider = qstash({ secret, url });
const verify = (request: SignedRequest) => verifyWebhook(provider, request);

const callback = { sourceMessageId: "msg_1", status: 200, url: "https://example.com", body: "e30=" };
const sample = (
  name: string,
  body: object,
  type = "message",
  job: { id: string; status: string } | null = null,
) => ({
  name,
  attempts: [body, body] as const,
  type,
  known: true,
  job,
});

afterEach(() => void vi.unstubAllEnvs());

describe("qstash", () => {
  const cases = providerContract({
    provider: (given) => qstash({ secret: given, url }),
    secrets: [secret, "sig_another-signing-key"],
    sign: ({ id, ...content }) => signQstash({ ...content, url, messageId: id }),
    requiredHeaders: ["upstash-signature"],
    toleranceSeconds: null,
    samples: [
      sample("message", { task: 1 }),
      sample("callback", callback, "callback", { id: "msg_1", status: "completed" }),
      sample("failed", { ...callback, status: 500, dlqId: "1-0" }, "failure-callback", {
        id: "msg_1",
        status: "failed",
      }),
    ],
    skip: [
      {
        case: "a header that is not signed changes nothing, or is refused",
        reason: "the message's id is such a header; the token is claimed beside it",
      },
      { case: "a body that is no JSON object is refused as malformed", reason: "a message can be anything" },
    ],
  });
  for (const { name, run } of cases) it(name, run);

  it.each([
    ["another path", "https://example.com/webhooks/qstas?queue=1"],
    ["another scheme", "http://example.com/webhooks/qstash?queue=1"],
    ["the default port", "https://example.com:443/webhooks/qstash?queue=1"],
    ["no query", "https://example.com/webhooks/qstash"],
    ["another host", "https://example.org/webhooks/qstash?queue=1"],
  ])("signed for %s → refused, whatever the request says of its URL", async (_what, other) => {
    const { headers, body } = signQstash({ secret, url: other });
    const request = { headers: { ...headers, host: new URL(other).host }, body, url: other, method: "POST" };
    expect(await verify(request)).toMatchObject({ ok: false, reason: "wrong-audience" });
  });

  it("several URLs → each is accepted", async () => {
    const several = qstash({ secret, url: [url, "https://example.com/other"] });
    for (const one of [url, "https://example.com/other"]) {
      expect(await verifyWebhook(several, signQstash({ secret, url: one }))).toMatchObject({ ok: true });
    }
  });

  it("both keys of the environment are tried; without any it says which are missing", async () => {
    vi.stubEnv("QSTASH_CURRENT_SIGNING_KEY", "sig_the-current-one");
    vi.stubEnv("QSTASH_NEXT_SIGNING_KEY", secret);
    expect(await verifyWebhook(qstash({ url }), signQstash({ secret, url }))).toMatchObject({
      secretIndex: 1,
    });
    vi.unstubAllEnvs();
    expect(() => qstash({ url })).toThrow(/Pass { secret } or set QSTASH_CURRENT_SIGNING_KEY/);
    expect(() => qstash({ secret, url: "/hook" })).toThrow(/qstash: url must be the absolute URL/);
  });

  it("a token that is older than 5 minutes and the tolerance → stale", async () => {
    const now = Math.floor(Date.now() / 1000);
    const aged = (seconds: number) => signQstash({ secret, url, timestamp: now - seconds });
    const verifyAt = (request: SignedRequest) =>
      verifyWebhook(provider, { ...request, receivedAt: now * 1000 });
    expect(await verifyAt(aged(599))).toMatchObject({ ok: true });
    expect(await verifyAt(aged(600))).toMatchObject({ reason: "stale-timestamp" });
    expect(await verifyAt(aged(-300))).toMatchObject({ ok: true });
    expect(await verifyAt(aged(-301))).toMatchObject({ reason: "future-timestamp" });
  });

  it("a retry has another token and is a duplicate; the same content published again is not", async () => {
    const trial = trialReceiver(provider);
    const codeOf = async (messageId: string) => {
      await trial.post(signQstash({ secret, url, body: {}, messageId }));
      return trial.outcomes.at(-1)?.code;
    };
    expect(await codeOf("msg_1")).toBe("processed");
    expect(await codeOf("msg_1")).toBe("duplicate");
    expect(await codeOf("msg_2")).toBe("processed");
    expect(trial.persisted[0]?.event).toMatchObject({ id: "msg_1", type: "message", data: {} });
  });

  it("one captured request under other ids, or none → a duplicate", async () => {
    const trial = trialReceiver(provider);
    const signed = signQstash({ secret, url, messageId: "msg_1" });
    await trial.post(signed);
    const { "upstash-message-id": _id, ...without } = signed.headers;
    for (const headers of [{ ...without, "upstash-message-id": "msg_2" }, without]) {
      await trial.post({ headers, body: signed.body });
      expect(trial.outcomes.at(-1)?.code).toBe("duplicate");
    }
    expect(trial.persisted).toHaveLength(1);
  });

  it.each([
    ["text", "plain text", "plain text"],
    ["nothing", "", ""],
    ["a number", "7", 7],
    ["an array", "[1]", [1]],
    ["bytes", Uint8Array.of(0xff, 0), Buffer.of(0xff, 0)],
  ])("%s → a message with it", async (_what, body, data) => {
    const result = await verify(signQstash({ secret, url, body }));
    expect(result).toMatchObject({ ok: true, event: { type: "message", known: true } });
    expect(result.ok && result.event.data).toEqual(data instanceof Buffer ? Uint8Array.from(data) : data);
  });

  it.each([
    [{ ...callback, status: 204 }, "callback", "completed"],
    [{ ...callback, status: 500, retried: 1, maxRetries: 3 }, "callback", "processing"],
    [{ ...callback, status: 500, retried: 3, maxRetries: 3 }, "callback", "failed"],
    [{ ...callback, status: 500 }, "callback", "processing"],
    [{ ...callback, status: 500, dlqId: "1-0" }, "failure-callback", "failed"],
  ])("%j → %s, %s", async (body, type, status) => {
    const result = await verify(signQstash({ secret, url, body }));
    expect(result).toMatchObject({ ok: true, event: { type, job: { id: "msg_1", status } } });
  });
});
