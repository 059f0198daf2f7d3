import { verifyWebhook } from "@latchhook/core";
import { retell } from "@latchhook/core/providers/retell";
import { providerContract, signRetell } from "@latchhook/testing";
import { describe, expect, it } from "vitest";

const secret = "key_0123456789abcdef01234567";

describe("retell", () => {
  const cases = providerContract({
    provider: (given) => retell({ secret: given }),
    secrets: [secret, "key_another-of-the-account"],
    sign: (content) => signRetell({ ...content, timestamp: content.timestamp * 1_000 }),
    requiredHeaders: ["x-retell-signature"],
    caseInsensitiveHeaders: ["x-retell-signature"],
    samples: [
      call("call_started", "ongoing", "processing"),
      call("call_ended", "ended", "completed"),
      call("call_ended", "error", "failed"),
      call("call_ended", "not_connected", "failed"),
      call("call_analyzed", "ended", "completed"),
      call("call_analyzed", undefined, "completed"),
      call("call_started", undefined, "processing"),
      call("call_started", "registered", "queued"),
      call("transcript_updated", "ongoing", "processing"),
      call("transfer_started", "ongoing", "processing"),
      { ...call("transfer_cancelled", undefined, "none"), job: null },
      chat("chat_started", "ongoing", "processing"),
      chat("chat_ended", "ended", "completed"),
      chat("chat_analyzed", undefined, "completed"),
      { ...call("call_inbound", "ongoing", "processing"), known: false },
      {
        name: "a call without an id",
        attempts: twice({ event: "call_ended", call: { call_status: "ended" } }),
        type: "call_ended",
        known: false,
        job: null,
      },
    ],
  });
  for (const { name, run } of cases) it(name, run);
});

describe("what Retell signs", () => {
  const signed = signRetell({ secret, body: call("call_ended", "ended", "").attempts[0] });
  const [, milliseconds = "", digest = ""] =
    /^v=(\d{13}),d=(.*)$/.exec(signed.headers["x-retell-signature"] ?? "") ?? [];

  it.each([
    ["a digit of the time at the end of the body", milliseconds.slice(1), milliseconds.slice(0, 1)],
    ["the time in seconds", milliseconds.slice(0, 10), ""],
    ["a digit more in the time", `0${milliseconds}`, ""],
  ])("%s → refused", async (_what, time, more) => {
    const body = Buffer.concat([signed.body, Buffer.from(more)]);
    const headers = { "x-retell-signature": `v=${time},d=${digest}` };
    expect(await verifyWebhook(retell({ secret }), { headers, body })).toEqual({
      ok: false,
      kind: "unauthentic",
      reason: "malformed-timestamp",
    });
  });
});

describe("events of Retell", () => {
  it.each([
    ["call_started", { start_timestamp: 1_790_000_000_001 }],
    ["call_ended", { start_timestamp: 1, end_timestamp: 1_790_000_000_001 }],
  ])("%s has its time, and the whole body", async (event, times) => {
    const body = { event, call: { call_id: "c1", ...times } };
    expect(await verifyWebhook(retell({ secret }), signRetell({ secret, body }))).toMatchObject({
      ok: true,
      event: { known: true, data: body, occurredAt: new Date(1_790_000_000_001) },
    });
  });

  it("two transcripts of a call are two; its end comes once, whatever else has changed", async () => {
    const keyOf = async (body: object) => {
      const result = await verifyWebhook(retell({ secret }), signRetell({ secret, body }));
      return result.ok ? result.key : "";
    };
    const transcript = (said: string) =>
      keyOf({ event: "transcript_updated", call: { call_id: "c1", transcript: said } });
    const end = (url: string) => keyOf({ event: "call_ended", call: { call_id: "c1", recording_url: url } });
    expect(await transcript("a")).toBe(await transcript("a"));
    expect(await transcript("a")).not.toBe(await transcript("b"));
    expect(await end("https://a")).toBe(await end("https://b"));
  });
});

function call(event: string, callStatus: string | undefined, status: string) {
  const id = `call of ${event} ${callStatus}`;
  const body = { event, call: { call_id: id, call_status: callStatus, agent_id: "a1" } };
  return { name: id, attempts: twice(body), type: event, known: true, job: { id, status } };
}

function chat(event: string, chatStatus: string | undefined, status: string) {
  const id = `chat of ${event}`;
  const body = { event, chat: { chat_id: id, chat_status: chatStatus, agent_id: "a1" } };
  return { name: id, attempts: twice(body), type: event, known: true, job: { id, status } };
}

function twice<Body extends object>(body: Body) {
  return [body, body] as const;
}
