import { createHmac } from "node:crypto";
import { type KnownEvent, type UnknownEvent, verifyWebhook } from "@latchhook/core";
import { type ZoomEvent, zoom } from "@latchhook/core/providers/zoom";
import { providerContract, signZoom } from "@latchhook/testing";
import { describe, expect, expectTypeOf, it } from "vitest";
import { trialReceiver } from "../support/trial-receiver.ts";

const [secret, other] = ["a-secret-token-of-an-app", "another-secret-token-of-it"] as const;

describe("zoom", () => {
  const cases = providerContract({
    provider: (given) => zoom({ secret: given }),
    secrets: [secret, other],
    sign: signZoom,
    requiredHeaders: ["x-zm-signature", "x-zm-request-timestamp"],
    caseInsensitiveHeaders: ["x-zm-signature"],
    samples: [
      sample("meeting.started"),
      sample("recording.completed"),
      sample("app_deauthorized"),
      {
        ...sample("meeting.ended"),
        name: "no payload",
        attempts: twice({ event: "meeting.ended" }),
        known: false,
      },
    ],
  });
  for (const { name, run } of cases) it(name, run);
});

describe("endpoint.url_validation", () => {
  const plainToken = "qgg8vlvZRS6UYooatFL8Aw";
  const question = (token: unknown) => ({
    event: "endpoint.url_validation",
    event_ts: 1_654_503_849_680,
    payload: { plainToken: token },
  });
  const answerUnder = (key: string) => ({
    plainToken,
    encryptedToken: createHmac("sha256", key).update(plainToken).digest("hex"),
  });

  it.each([
    ["the only secret", secret, secret],
    ["the first of two", [secret, other], secret],
    ["the second of two", [other, secret], secret],
    ["one that a function finds", async () => [other, secret], other],
  ])("is answered under %s, and nothing is claimed", async (_what, given, key) => {
    const trial = trialReceiver(zoom({ secret: given }));
    const answer = await trial.post(signZoom({ secret: key, body: question(plainToken) }));
    expect(answer.status).toBe(200);
    expect(answer.headers["content-type"]).toBe("application/json");
    expect(JSON.parse(answer.body)).toEqual(answerUnder(key));
    expect([trial.persisted, trial.storeCalls]).toEqual([[], []]);
  });

  it.each([
    ["could be signed content", `v0:${Math.floor(Date.now() / 1_000)}:{}`],
    ["is markup", "<script>"],
    ["is longer than 256 characters", "a".repeat(257)],
    ["is empty", ""],
    ["is no text", 7],
    ["is absent", undefined],
  ])("a token that %s → 400", async (_what, token) => {
    const trial = trialReceiver(zoom({ secret }));
    const answer = await trial.post(signZoom({ secret, body: question(token) }));
    expect(answer).toMatchObject({ status: 400, body: '{"error":"malformed"}' });
    expect([trial.persisted, trial.storeCalls]).toEqual([[], []]);
  });

  it("a question of more than 2 KiB → 400", async () => {
    const trial = trialReceiver(zoom({ secret }));
    const body = { ...question(plainToken), more: "a".repeat(2_000) };
    expect(await trial.post(signZoom({ secret, body }))).toMatchObject({ status: 400 });
  });

  it("signed by somebody else → 401, and without the HMAC", async () => {
    const trial = trialReceiver(zoom({ secret }));
    const answer = await trial.post(
      signZoom({ secret: "of somebody else's app", body: question(plainToken) }),
    );
    expect(answer).toMatchObject({ status: 401, body: '{"error":"unauthentic"}' });
  });

  it("read without having been verified → no HMAC", () => {
    const { headers, body } = signZoom({ secret, body: question(plainToken) });
    expect(zoom({ secret }).read({ headers, body })).toEqual({
      ok: false,
      kind: "malformed",
      reason: "bad-challenge",
    });
  });

  it("from verifyWebhook as a handshake", async () => {
    const result = await verifyWebhook(zoom({ secret }), signZoom({ secret, body: question(plainToken) }));
    expect(result).toEqual({
      ok: false,
      kind: "handshake",
      reply: { contentType: "application/json", body: JSON.stringify(answerUnder(secret)) },
    });
  });
});

describe("events of Zoom", () => {
  it("have the whole body, its time, and the delivery key for an id", async () => {
    const [body] = sample("recording.completed").attempts;
    const result = await verifyWebhook(zoom({ secret }), signZoom({ secret, body }));
    expect(result).toMatchObject({
      ok: true,
      event: { job: null, occurredAt: new Date(1_790_000_000_123), data: body },
    });
    expect(result.ok && result.event.id === result.key).toBe(true);
  });

  it("the same body signed later → a duplicate; another → another", async () => {
    const trial = trialReceiver(zoom({ secret }));
    const [body] = sample("meeting.started").attempts;
    const now = Math.floor(Date.now() / 1_000);
    await trial.post(signZoom({ secret, body, timestamp: now - 100 }));
    expect((await trial.post(signZoom({ secret, body, timestamp: now }))).body).toMatch(/duplicate/);
    await trial.post(signZoom({ secret, body: { ...body, event_ts: 1_790_000_000_124 } }));
    expect(trial.persisted).toHaveLength(2);
  });

  it("take their types from a union", () => {
    type Started = { readonly event: "meeting.started"; readonly payload: { readonly account_id: string } };
    expectTypeOf<ZoomEvent<Started>>().toEqualTypeOf<KnownEvent<"meeting.started", Started> | UnknownEvent>();
  });
});

function twice<Body extends object>(body: Body) {
  return [body, body] as const;
}

function sample(event: string) {
  const body = { event, event_ts: 1_790_000_000_123, payload: { account_id: "A1", object: { uuid: "u1" } } };
  return { name: event, attempts: twice(body), type: event, known: true, job: null };
}
