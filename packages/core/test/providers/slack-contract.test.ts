import { type KnownEvent, verifyWebhook } from "@latchhook/core";
import { type SlackEvent, type SlackSlashCommand, slack } from "@latchhook/core/providers/slack";
import { providerContract, type SignedWebhook, signSlack } from "@latchhook/testing";
import { describe, expect, expectTypeOf, it } from "vitest";
import { trialReceiver } from "../support/trial-receiver.ts";

const secret = "8f742231b10e8888abcd99yyyzzz85a5";

/** The example of Slack's page "Verifying requests from Slack". */
const published =
  "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";

const command = {
  token: "gIkuvaNzQIHg97ATvDxqgjtO",
  team_id: "T0001",
  command: "/weather",
  text: "94070 ☂",
  response_url: "https://hooks.slack.com/commands/1234/5678",
  trigger_id: "13345224609.738474920.8088930838d88f008e0",
};

describe("slack", () => {
  const cases = providerContract({
    provider: (given) => slack({ secret: given }),
    secrets: [secret, "0f742231b10e8888abcd99yyyzzz85a6"],
    sign: signSlack,
    requiredHeaders: ["x-slack-signature", "x-slack-request-timestamp"],
    caseInsensitiveHeaders: ["x-slack-signature"],
    samples: [
      sample("app_mention", "Ev1"),
      sample("message", "Ev2"),
      sample("an_event_of_next_year", "Ev3"),
      {
        name: "interactivity as JSON",
        attempts: twice({ type: "view_submission", view: { id: "V1" } }),
        type: "view_submission",
        known: true,
        job: null,
      },
      {
        name: "a rate limit",
        attempts: twice({ type: "app_rate_limited", team_id: "T1", minute_rate_limited: 1_518_467_820 }),
        type: "app_rate_limited",
        known: true,
        job: null,
      },
      {
        ...sample("message", ""),
        name: "without an id of the event",
        attempts: twice(callback("message")),
        known: false,
      },
      { ...sample("block_actions", "Ev5"), name: "an event under the name of an interaction", known: false },
    ],
    vectors: [
      {
        name: "of Slack's documentation",
        secret,
        headers: {
          "x-slack-request-timestamp": "1531420618",
          "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
        },
        body: published,
        receivedAt: 1_531_420_618_000,
      },
    ],
  });
  for (const { name, run } of cases) it(name, run);
});

describe("forms of Slack", () => {
  it("a slash command has its members, and is told apart by its body", async () => {
    const trial = trialReceiver(slack({ secret }));
    const signed = signSlack({ secret, form: command });
    expect(await trial.post(signed)).toMatchObject({ status: 200, body: "" });
    expect(await trial.post(signSlack({ secret, form: command }))).toMatchObject({ status: 200, body: "" });
    await trial.post(signSlack({ secret, form: { ...command, trigger_id: "of the next" } }));
    expect(trial.persisted).toHaveLength(2);
    expect(trial.persisted[0]?.event).toMatchObject({ type: "slash_command", known: true, data: command });
  });

  it.each(["block_actions", "view_submission", "view_closed", "shortcut", "message_action"])(
    "interactivity of the type %s has its payload",
    async (type) => {
      const payload = { type, user: { id: "U1" }, trigger_id: "1.2.abc", more: "a=1&b=2 + ☂" };
      expect(await read(signSlack({ secret, form: { payload } }))).toMatchObject({
        ok: true,
        event: { type, known: true, data: payload },
      });
    },
  );

  it("a form with no command, and a payload of an unheard-of type, are unknown events", async () => {
    expect(await read(signSlack({ secret, form: { token: "t", text: "outgoing" } }))).toMatchObject({
      event: { type: "", known: false, data: { token: "t", text: "outgoing" } },
    });
    expect(await read(signSlack({ secret, form: { payload: { type: "new_thing" } } }))).toMatchObject({
      event: { type: "new_thing", known: false },
    });
  });

  it.each([
    ["payload=%7B", "not-json"],
    ["payload=%5B%5D", "not-an-object"],
    ["payload=1", "not-an-object"],
    ["command=%2Fx&text=%zz", "not-a-form"],
    ["command=%2Fx&text=%ff", "not-utf8"],
    ["a=1&b=2", "not-json"],
    [Uint8Array.of(0x63, 0x3d, 0xff), "not-utf8"],
  ])("%s → refused as malformed, %s", async (body, reason) => {
    expect(await read(signSlack({ secret, body }))).toEqual({ ok: false, kind: "malformed", reason });
  });

  it("the content type is not signed and changes nothing", async () => {
    const signed = signSlack({ secret, form: command });
    const result = await read({
      ...signed,
      headers: { ...signed.headers, "content-type": "application/json" },
    });
    expect(result).toMatchObject({ ok: true, event: { type: "slash_command", data: command } });
  });
});

describe("what Slack asks before it delivers", () => {
  const challenge = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P";

  it("url_verification → the challenge as text, and nothing is claimed", async () => {
    const trial = trialReceiver(slack({ secret }));
    const answer = await trial.post(
      signSlack({ secret, body: { type: "url_verification", token: "t", challenge } }),
    );
    expect(answer).toMatchObject({ status: 200, body: challenge });
    expect(answer.headers["content-type"]).toMatch(/^text\/plain/);
    expect([trial.persisted, trial.storeCalls]).toEqual([[], []]);
  });

  it("ssl_check → an empty answer, and nothing is claimed", async () => {
    const trial = trialReceiver(slack({ secret }));
    expect(await trial.post(signSlack({ secret, form: { ssl_check: "1", token: "t" } }))).toMatchObject({
      status: 200,
      body: "",
    });
    expect([trial.persisted, trial.storeCalls]).toEqual([[], []]);
  });

  it.each([
    ["longer than 256 characters", "a".repeat(257)],
    ["markup", "<script>alert(1)</script>"],
    ["of two lines", "a\nb"],
    ["empty", ""],
    ["no text", 7],
    ["absent", undefined],
  ])("a challenge that is %s → 400", async (_what, odd) => {
    const trial = trialReceiver(slack({ secret }));
    const answer = await trial.post(
      signSlack({ secret, body: { type: "url_verification", challenge: odd } }),
    );
    expect(answer).toMatchObject({ status: 400, body: '{"error":"malformed"}' });
    expect(trial.storeCalls).toEqual([]);
  });

  it("a challenge that is not signed by Slack → 401", async () => {
    const trial = trialReceiver(slack({ secret }));
    const signed = signSlack({
      secret: "of somebody else's app",
      body: { type: "url_verification", challenge },
    });
    expect(await trial.post(signed)).toMatchObject({ status: 401, body: '{"error":"unauthentic"}' });
  });
});

describe("events of Slack", () => {
  it("a retry with its headers → answered as success, and not run again", async () => {
    const trial = trialReceiver(slack({ secret }));
    const [body] = sample("message", "Ev2").attempts;
    const retry = signSlack({ secret, body });
    await trial.post(signSlack({ secret, body }));
    const headers = { ...retry.headers, "x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout" };
    expect(await trial.post({ ...retry, headers })).toMatchObject({ status: 200, body: "" });
    expect(trial.persisted).toHaveLength(1);
    expect(trial.persisted[0]?.event).toMatchObject({ id: "Ev2", occurredAt: new Date(1_790_000_000_000) });
  });

  it("narrow by their names, and take their types from a union", () => {
    type Command = Extract<SlackEvent, { type: "slash_command" }>;
    expectTypeOf<Command>().toEqualTypeOf<KnownEvent<"slash_command", SlackSlashCommand>>();
    type Joined = { readonly type: "team_join"; readonly user: { readonly id: string } };
    type Event = Extract<SlackEvent<Joined>, { type: "team_join" }>;
    expectTypeOf<Event["data"]["event"]["user"]["id"]>().toEqualTypeOf<string>();
    expectTypeOf<Extract<SlackEvent<Joined>, { type: "message" }>>().toEqualTypeOf<never>();
    expectTypeOf<"message">().toExtend<SlackEvent["type"]>();
  });
});

async function read(signed: SignedWebhook) {
  return verifyWebhook(slack({ secret }), signed);
}

function callback(type: string, id?: string) {
  return { type: "event_callback", event_id: id, event_time: 1_790_000_000, event: { type, user: "U1" } };
}

function twice<Body extends object>(body: Body) {
  return [body, body] as const;
}

/** Of an event, the envelope may tell other authorizations at the next attempt. */
function sample(type: string, id: string) {
  const body = callback(type, id);
  const retry = id === "" ? body : { ...body, authorizations: [{ team_id: "T1" }] };
  return { name: type, attempts: [body, retry] as const, type, known: true, job: null };
}
