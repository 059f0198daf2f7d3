import { createHmac } from "node:crypto";
import { verifyWebhook } from "@latchhook/core";
import { twilio } from "@latchhook/core/providers/twilio";
import { providerContract, signTwilio } from "@latchhook/testing";
import { describe, expect, it } from "vitest";
import { trialReceiver } from "../support/trial-receiver.ts";

const secret = "12345-is-the-auth-token";
const url = "https://example.com/webhooks/twilio?source=twilio";
const provider = twilio({ secret, url });

const answered = (answer: { readonly status: number; readonly body: string }) => [answer.status, answer.body];
const verify = (request: { readonly headers: Record<string, string>; readonly body: Uint8Array }) =>
  verifyWebhook(provider, request);
const sms = { MessageSid: "SM1", MessageStatus: "sent", AccountSid: "AC1", Body: "one two" };

describe("twilio, over JSON bodies", () => {
  const notJson = "a body that does not begin as JSON is taken for a form";
  const cases = providerContract({
    provider: (given) => twilio({ secret: given, url }),
    secrets: [secret, "another-auth-token"],
    sign: (content) => signTwilio({ ...content, url }),
    requiredHeaders: ["x-twilio-signature"],
    toleranceSeconds: null,
    samples: [
      { name: "one", attempts: [{ a: 1 }, { a: 1 }], type: "", known: false, job: null },
      { name: "another", attempts: [{ a: 2 }, { a: 2 }], type: "", known: false, job: null },
    ],
    skip: [
      { case: "any bytes that are signed verify", reason: notJson },
      { case: "a body that is no JSON object is refused as malformed", reason: notJson },
    ],
  });
  for (const { name, run } of cases) it(name, run);

  it("are arrays, too, as of Event Streams", async () => {
    const body = [{ specversion: "1.0", id: "EZ1" }, { id: "EZ2" }];
    expect(await verify(signTwilio({ secret, url, body }))).toMatchObject({
      ok: true,
      event: { type: "", known: false, data: body },
    });
  });
});

describe("twilio, over forms", () => {
  const signed = signTwilio({ secret, url, parameters: sms });

  it("the published vector, and none with a bit flipped", async () => {
    const published = twilio({ secret: "12345", url: "https://mycompany.com/myapp.php?foo=1&bar=2" });
    const form =
      "To=%2B18005551212&CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309";
    const headers = { "x-twilio-signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8=" };
    const result = await verifyWebhook(published, { headers, body: Buffer.from(form) });
    expect(result).toMatchObject({ ok: true, event: { data: { Digits: "1234", To: "+18005551212" } } });
  });

  it("no bit of the body can be flipped, except where it says the same", async () => {
    const plain = signTwilio({ secret, url, body: "MessageSid=SM1&MessageStatus=sent&AccountSid=AC1" });
    expect(await verify(plain)).toMatchObject({ ok: true });
    for (let bit = 0; bit < plain.body.length * 8; bit++) {
      const body = plain.body.slice();
      body[bit >> 3] = (body[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(await verify({ ...plain, body }), `bit ${bit}`).toMatchObject({ ok: false });
    }
  });

  it.each([
    ["another path", "https://example.com/webhooks/twili?source=twilio"],
    ["another scheme", "http://example.com/webhooks/twilio?source=twilio"],
    ["another port", "https://example.com:8443/webhooks/twilio?source=twilio"],
    ["another query", "https://example.com/webhooks/twilio?source=twiliO"],
    ["no query", "https://example.com/webhooks/twilio"],
    ["another host", "https://example.org/webhooks/twilio?source=twilio"],
  ])("signed for %s → refused, whatever the request says of its URL", async (_what, other) => {
    for (const content of [{ parameters: sms }, { body: { a: 1 } }]) {
      const { headers, body } = signTwilio({ secret, url: other, ...content });
      const request = {
        headers: { ...headers, host: new URL(other).host },
        body,
        url: other,
        method: "POST",
      };
      expect(await verifyWebhook(provider, request)).toMatchObject({ reason: "signature-mismatch" });
    }
  });

  it.each([
    ["https://example.com/a?b=1", "https://example.com:443/a?b=1"],
    ["https://example.com:443", "https://example.com"],
    ["http://127.0.0.1/a:1", "http://127.0.0.1:80/a:1"],
    ["https://example.com:8443/a", "https://example.com/a"],
    ["https://[::1]/a", "https://[::1]:443/a"],
  ])("configured as %s, signed as %s → verifies", async (configured, signedFor) => {
    for (const content of [{ parameters: sms }, { body: { a: 1 } }]) {
      const result = await verifyWebhook(
        twilio({ secret, url: configured }),
        signTwilio({ secret, url: signedFor, ...content }),
      );
      expect(result).toMatchObject({ ok: true });
    }
  });

  it("parameters in another order and spelling are the same delivery", async () => {
    const trial = trialReceiver(provider);
    expect(answered(await trial.post(signed))).toEqual([200, "<Response/>"]);
    const body = Buffer.from(
      "Body=one%20two&AccountSid=AC1&MessageStatus=sent&MessageSid=%53M1&MessageSid=SM1",
    );
    expect(answered(await trial.post({ ...signed, body }))).toEqual([200, "<Response/>"]);
    expect(trial.persisted).toHaveLength(1);
  });

  it("names and values with their border moved are no other delivery", async () => {
    const trial = trialReceiver(provider);
    await trial.post(signed);
    const body = Buffer.from("AccountSid=AC1Bodyone+twoMessageSidSM1MessageStatussent");
    expect((await trial.post({ ...signed, body })).status).toBe(200);
    expect(trial.outcomes.map(({ code }) => code)).toEqual(["processed", "duplicate"]);
  });

  it("a form that would be a JSON body's URL → refused", async () => {
    const json = signTwilio({ secret, url, body: '{"a":1}' });
    const hash = "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862";
    for (const body of [`%26bodySHA256=%3D${hash}`, `=%26bodySHA256%3D${hash}`]) {
      expect(await verify({ ...json, body: Buffer.from(body) })).toMatchObject({
        reason: "signature-mismatch",
      });
    }
    const content = `${url}&bodySHA256=${hash}`;
    expect(json.headers["x-twilio-signature"], "the URL that was signed").toBe(
      createHmac("sha1", secret).update(content).digest("base64"),
    );
  });

  it.each(["a=%", "a=%ff", "a=\xff", "a=1&".repeat(1_001)])("no form: %.10j → refused", async (text) => {
    const body = Buffer.from(text, "latin1");
    expect(await verify({ ...signTwilio({ secret, url, body }), body })).toMatchObject({ ok: false });
  });

  it.each([
    [sms, "message.sent"],
    [{ MessageSid: "SM1", SmsStatus: "received", Body: "hello" }, "message.received"],
    [{ CallSid: "CA1", CallStatus: "in-progress", Digits: "1" }, "call.in-progress"],
    [
      { CallSid: "CA1", CallStatus: "completed", RecordingSid: "RE1", RecordingStatus: "completed" },
      "recording.completed",
    ],
    [
      { CallSid: "CA1", ConferenceSid: "CF1", StatusCallbackEvent: "participant-join" },
      "conference.participant-join",
    ],
  ])("%j → %s", async (parameters, type) => {
    const result = await verify(signTwilio({ secret, url, parameters }));
    expect(result).toMatchObject({ ok: true, event: { type, known: true, job: null, data: parameters } });
  });

  it.each([[{}], [{ AccountSid: "AC1" }], [{ MessageSid: "SM1" }], [{ __proto__x: "1", constructor: "2" }]])(
    "%j → an unknown event",
    async (parameters) => {
      const result = await verify(signTwilio({ secret, url, parameters }));
      expect(result).toMatchObject({ ok: true, event: { type: "", known: false } });
    },
  );

  it("one message and status is one delivery; of a call each request is one", async () => {
    const trial = trialReceiver(provider);
    const post = async (parameters: Record<string, string>) => {
      await trial.post(signTwilio({ secret, url, parameters }));
      return trial.outcomes.at(-1)?.code;
    };
    expect(await post(sms)).toBe("processed");
    expect(await post({ ...sms, RawDlrDoneDate: "2611011200" })).toBe("duplicate");
    expect(await post({ ...sms, MessageStatus: "delivered" })).toBe("processed");
    const gather = { CallSid: "CA1", CallStatus: "in-progress", Digits: "1" };
    expect(await post(gather)).toBe("processed");
    expect(await post({ ...gather, Digits: "2" })).toBe("processed");
    expect(await post(gather)).toBe("duplicate");
  });

  it("without a URL, or with one that has a fragment → says so when it is made", () => {
    for (const none of [undefined, "", "/hook", `${url}#rc=3`]) {
      expect(() => twilio({ secret, url: none as string })).toThrow(/twilio: url must be the absolute URL/);
    }
  });
});
