import { isLatchhookError, verifyWebhook } from "@latchhook/core";
import { deepgram } from "@latchhook/core/providers/deepgram";
import { providerContract, signDeepgram } from "@latchhook/testing";
import { describe, expect, it } from "vitest";
import { unboundBody } from "../support/unbound-body.ts";

const secret = "latchhook:password-of-a-callback";
const metadata = { request_id: "r_1", created: "2026-11-24T12:00:00.000Z" };
const transcript = { metadata, results: { channels: [{ alternatives: [] }] } };

describe("deepgram", () => {
  const cases = providerContract({
    provider: (given) => deepgram({ secret: given }),
    secrets: [secret, "latchhook:another-password-of-it"],
    sign: signDeepgram,
    requiredHeaders: ["authorization"],
    // The scheme's letters count the same in either case. Those of the secret do not, and are tried below.
    caseInsensitiveHeaders: ["authorization"],
    toleranceSeconds: null,
    samples: [
      sample("listen.completed", transcript, "completed"),
      sample("read.completed", { metadata, results: { summary: { text: "short" } } }, "completed"),
      { ...sample("", { type: "Results", channel: {}, metadata }), known: false },
    ],
    skip: unboundBody,
  });
  for (const { name, run } of cases) it(name, run);
});

describe("the secret of Deepgram", () => {
  const inBody = "a secret that comes back";
  const extra = (given: object, value: string = inBody) =>
    verifyWebhook(deepgram({ secret: inBody, sentIn: "extra" }), {
      ...signDeepgram({ secret: value, sentIn: "extra", ...given }),
    });

  it("as Basic authorization counts in its own case", async () => {
    const { body, headers } = signDeepgram({ secret });
    for (const changed of [headers.authorization?.toUpperCase(), headers.authorization?.toLowerCase()]) {
      const request = { body, headers: { ...headers, authorization: changed } };
      expect(await verifyWebhook(deepgram({ secret }), request)).toMatchObject({ ok: false });
    }
  });

  it("in the body is compared, and no part of the event's data", async () => {
    const result = await extra({});
    expect(result).toMatchObject({ ok: true, event: { type: "listen.completed", known: true } });
    expect(JSON.stringify(result)).not.toContain(inBody);
    const tagged = {
      ...transcript,
      metadata: { ...metadata, extra: { callback_secret: inBody, order: "7" } },
    };
    expect(await extra({ body: tagged })).toMatchObject({
      ok: true,
      event: { data: { metadata: { ...metadata, extra: { order: "7" } } } },
    });
  });

  it("in the body is refused where it is another, none, or in a header", async () => {
    expect(await extra({}, `${inBody}.`)).toMatchObject({ ok: false, reason: "signature-mismatch" });
    expect(await extra({ body: transcript })).toMatchObject({ ok: false, reason: "missing-signature" });
    const signed = signDeepgram({ secret });
    const provider = deepgram({ secret: inBody, sentIn: "extra" });
    expect(await verifyWebhook(provider, signed)).toMatchObject({ ok: false, reason: "missing-signature" });
  });

  it.each(["no-colon", { sentIn: "header" }, { sentIn: "toString" }])("cannot be %j", (given) => {
    const options = typeof given === "string" ? { secret: given } : { secret, ...given };
    expect(() => deepgram(options as never)).toThrow(
      expect.toSatisfy((error) => isLatchhookError(error) && /^deepgram: /.test(error.message)),
    );
  });
});

it("a transcript comes once, and messages of a stream one by one", async () => {
  const keyOf = async (body: object) => {
    const result = await verifyWebhook(deepgram({ secret }), signDeepgram({ secret, body }));
    return result.ok && result.key;
  };
  expect(await keyOf({ ...transcript, more: 1 })).toBe(await keyOf(transcript));
  const streamed = { type: "Results", metadata, channel: { alternatives: [] } };
  expect(await keyOf({ ...streamed, start: 1 })).not.toBe(await keyOf({ ...streamed, start: 2 }));
});

function sample(type: string, body: object, status?: string) {
  const job = status === undefined ? null : { id: "r_1", status };
  return { name: `${type} ${JSON.stringify(body)}`, attempts: [body, body] as const, type, known: true, job };
}
