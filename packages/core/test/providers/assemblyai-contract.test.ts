import { isLatchhookError, verifyWebhook } from "@latchhook/core";
import { assemblyai } from "@latchhook/core/providers/assemblyai";
import { providerContract, signAssemblyai } from "@latchhook/testing";
import { describe, expect, it } from "vitest";
import { unboundBody } from "../support/unbound-body.ts";

const secret = "secret-of-a-transcription";
const header = "x-webhook-secret";

describe("assemblyai", () => {
  const cases = providerContract({
    provider: (given) => assemblyai({ header, secret: given }),
    secrets: [secret, "another-secret-of-it"],
    sign: signAssemblyai,
    requiredHeaders: [header],
    toleranceSeconds: null,
    samples: [
      sample("transcript.completed", { transcript_id: "t_1", status: "completed" }, "completed"),
      sample("transcript.error", { transcript_id: "t_1", status: "error" }, "failed"),
      sample("session.completed", { session_id: "t_1", messages: [] }, "completed"),
      sample("redacted_audio.ready", {
        redacted_audio_url: "https://example.com/1",
        status: "redacted_audio_ready",
      }),
      { ...sample("", { transcript_id: "t_1", status: "new of theirs" }), known: false },
    ],
    skip: unboundBody,
  });
  for (const { name, run } of cases) it(name, run);
});

describe("the header of AssemblyAI", () => {
  const verify = (headers: Record<string, string>, given: string = header) =>
    verifyWebhook(assemblyai({ header: given, secret }), { ...signAssemblyai({ secret }), headers });

  it("is the one that was chosen, in any case", async () => {
    expect(await verify({ "X-Webhook-Secret": secret }, "X-WEBHOOK-Secret")).toMatchObject({ ok: true });
    expect(await verify({ "x-other": secret })).toMatchObject({ ok: false, reason: "missing-signature" });
    expect(await verify({ [header]: secret.slice(1) })).toMatchObject({
      ok: false,
      reason: "signature-mismatch",
    });
  });

  it.each([undefined, "", "two words", "x:y", 7])("cannot be %j", (given) => {
    expect(() => assemblyai({ header: given as never, secret })).toThrow(
      expect.toSatisfy((error) => isLatchhookError(error) && error.code === "invalid-option"),
    );
  });
});

it("an end of a transcript comes once, whatever else is in the body", async () => {
  const keyOf = async (body: object) => {
    const result = await verifyWebhook(assemblyai({ header, secret }), signAssemblyai({ secret, body }));
    return result.ok && result.key;
  };
  const ended = { transcript_id: "t_1", status: "completed" };
  expect(await keyOf({ ...ended, more: 1 })).toBe(await keyOf(ended));
  expect(await keyOf({ ...ended, status: "error" })).not.toBe(await keyOf(ended));
});

function sample(type: string, body: Readonly<Record<string, unknown>>, status?: string) {
  const job = status === undefined ? null : { id: "t_1", status };
  return { name: `${type} ${JSON.stringify(body)}`, attempts: [body, body] as const, type, known: true, job };
}
