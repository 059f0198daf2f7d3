import { createHmac } from "node:crypto";
import { type SignedRequest, verifyWebhook } from "@latchhook/core";
import { livekit } from "@latchhook/core/providers/livekit";
import { providerContract, signLivekit } from "@latchhook/testing";
import { describe, expect, it } from "vitest";
import { trialReceiver } from "../support/trial-receiver.ts";

const secret = "an-api-secret-of-livekit";
const provider = livekit({ secret });
const verify = (request: SignedRequest) => verifyWebhook(provider, request);

const room = { sid: "RM_1", name: "studio" };
const bodies = {
  room_started: { event: "room_started", room, id: "EV_1", createdAt: "1790000000" },
  participant_joined: {
    event: "participant_joined",
    room,
    participant: { sid: "PA_1", identity: "a" },
    id: "EV_2",
  },
  track_published: { event: "track_published", room, track: { sid: "TR_1", type: "VIDEO" }, id: "EV_3" },
  egress_ended: {
    event: "egress_ended",
    egressInfo: { egressId: "EG_1", status: "EGRESS_COMPLETE" },
    id: "EV_4",
  },
  ingress_started: { event: "ingress_started", ingressInfo: { ingressId: "IN_1" }, id: "EV_5" },
} as const;

const sample = (name: keyof typeof bodies, job: { id: string; status: string } | null = null) => ({
  name,
  attempts: [bodies[name], bodies[name]] as const,
  type: name,
  known: true,
  job,
});

describe("livekit", () => {
  const cases = providerContract({
    provider: (given) => livekit({ secret: given }),
    secrets: [secret, "another-api-secret"],
    sign: signLivekit,
    requiredHeaders: ["authorization"],
    toleranceSeconds: null,
    samples: [
      sample("room_started"),
      sample("participant_joined"),
      sample("track_published"),
      sample("egress_ended", { id: "EG_1", status: "completed" }),
      sample("ingress_started"),
    ],
  });
  for (const { name, run } of cases) it(name, run);

  it("the token of a participant, under the same secret → refused: it has no hash", async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const exp = Math.floor(Date.now() / 1000) + 300;
    const signed = `${part({ alg: "HS256" })}.${part({ iss: "APIlatchhook", exp, video: { roomJoin: true } })}`;
    const authorization = `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
    const result = await verify({ headers: { authorization }, body: Buffer.from("{}") });
    expect(result).toMatchObject({ ok: false, reason: "malformed-signature" });
  });

  it("after Bearer → refused, for LiveKit sends it bare", async () => {
    const { headers, body } = signLivekit({ secret });
    const authorization = `Bearer ${headers.authorization}`;
    expect(await verify({ headers: { authorization }, body })).toMatchObject({
      reason: "malformed-signature",
    });
  });

  it("another API key → refused where keys are named", async () => {
    const signed = signLivekit({ secret, apiKey: "API1" });
    expect(await verify(signed)).toMatchObject({ ok: true });
    for (const apiKey of ["API1", ["API2", "API1"]]) {
      expect(await verifyWebhook(livekit({ secret, apiKey }), signed)).toMatchObject({ ok: true });
    }
    for (const apiKey of ["API2", []]) {
      const refused = await verifyWebhook(livekit({ secret, apiKey }), signed);
      expect(refused).toMatchObject({ reason: "wrong-audience" });
    }
  });

  it("a token that is older than 5 minutes and the tolerance → stale", async () => {
    const now = Math.floor(Date.now() / 1000);
    const strict = livekit({ secret, toleranceSeconds: 10 });
    const reasonOf = async (ageSeconds: number) => {
      const signed = signLivekit({ secret, timestamp: now - ageSeconds });
      const result = await verifyWebhook(strict, { ...signed, receivedAt: now * 1000 });
      return result.ok || ("reason" in result && result.reason);
    };
    expect(await reasonOf(309)).toBe(true);
    expect(await reasonOf(310)).toBe("stale-timestamp");
    expect(await reasonOf(-10)).toBe(true);
    expect(await reasonOf(-11)).toBe("future-timestamp");
  });

  it("the same event again → a duplicate; another → another", async () => {
    const trial = trialReceiver(provider);
    const codeOf = async (eventId: string) => {
      await trial.post(signLivekit({ secret, eventId }));
      return trial.outcomes.at(-1)?.code;
    };
    expect([await codeOf("EV_1"), await codeOf("EV_1"), await codeOf("EV_2")]).toEqual([
      "processed",
      "duplicate",
      "processed",
    ]);
    expect(trial.persisted[0]?.event).toMatchObject({ id: "EV_1", occurredAt: new Date(1_790_000_000_000) });
  });

  it.each([
    [undefined, "queued"],
    ["EGRESS_STARTING", "queued"],
    ["EGRESS_ACTIVE", "processing"],
    ["EGRESS_ENDING", "processing"],
    ["EGRESS_COMPLETE", "completed"],
    ["EGRESS_LIMIT_REACHED", "completed"],
    ["EGRESS_FAILED", "failed"],
    ["EGRESS_ABORTED", "cancelled"],
  ])("an egress in %s is %s", async (status, jobStatus) => {
    const body = { event: "egress_updated", egressInfo: { egressId: "EG_1", status } };
    expect(await verify(signLivekit({ secret, body }))).toMatchObject({
      event: { known: true, job: { id: "EG_1", status: jobStatus } },
    });
  });

  it.each([
    [{ event: "egress_ended", egressInfo: { egressId: "EG_1", status: "EGRESS_NEW" } }, true],
    [{ event: "egress_ended", egressInfo: { status: "EGRESS_COMPLETE" } }, false],
    [{ event: "room_started", egressInfo: { egressId: "EG_1" } }, false],
    [{ event: "something_new", room }, false],
  ])("%j has no job; known: %s", async (body, known) => {
    expect(await verify(signLivekit({ secret, body }))).toMatchObject({ event: { known, job: null } });
  });
});
