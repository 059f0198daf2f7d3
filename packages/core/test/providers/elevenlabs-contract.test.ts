import { verifyWebhook } from "@latchhook/core";
import { elevenlabs } from "@latchhook/core/providers/elevenlabs";
import { providerContract, signElevenlabs } from "@latchhook/testing";
import { describe, expect, it } from "vitest";
import { trialReceiver } from "../support/trial-receiver.ts";

const secret = "wsec_0123456789abcdef0123456789abcdef";

describe("elevenlabs", () => {
  const cases = providerContract({
    provider: (given) => elevenlabs({ secret: given }),
    secrets: [secret, "wsec_another-secret-of-a-webhook"],
    sign: signElevenlabs,
    requiredHeaders: ["elevenlabs-signature"],
    caseInsensitiveHeaders: ["elevenlabs-signature"],
    toleranceSeconds: 1_800,
    samples: [
      sample("post_call_transcription", { conversation_id: "c1", status: "done" }, "c1", "completed"),
      sample("post_call_transcription", { conversation_id: "c2", status: "failed" }, "c2", "failed"),
      sample("post_call_transcription", { conversation_id: "c3", status: "processing" }, "c3", "processing"),
      sample("post_call_transcription", { conversation_id: "c4" }, "c4", "completed"),
      sample("post_call_audio", { conversation_id: "c1", full_audio: "SUQz" }),
      sample("call_initiation_failure", { conversation_id: "c5", failure_reason: "busy" }, "c5", "failed"),
      sample("speech_to_text_transcription", { request_id: "r1", transcription: {} }, "r1", "completed"),
      sample("voice_removal_notice", { voice_id: "v1" }),
      sample("voice_removal_notice_withdrawn", { voice_id: "v1" }),
      sample("voice_removed", { voice_id: "v1" }),
      { ...sample("flows_generation", { id: "f1" }), known: false },
      { ...sample("post_call_audio", { id: "of another shape" }), known: false },
    ],
  });
  for (const { name, run } of cases) it(name, run);
});

describe("deliveries of ElevenLabs", () => {
  it("have the data, the time, and the delivery key for an id", async () => {
    const [body] = sample("voice_removed", { voice_id: "v1", more: [1] }).attempts;
    const result = await verifyWebhook(elevenlabs({ secret }), signElevenlabs({ secret, body }));
    expect(result).toMatchObject({
      ok: true,
      event: {
        type: "voice_removed",
        occurredAt: new Date(1_790_000_000_000),
        data: { voice_id: "v1", more: [1] },
      },
    });
    expect(result.ok && result.event.id === result.key).toBe(true);
  });

  it("the same body signed later → a duplicate; another body about the same call → another", async () => {
    const trial = trialReceiver(elevenlabs({ secret }));
    const [body] = sample("post_call_transcription", { conversation_id: "c1" }).attempts;
    const now = Math.floor(Date.now() / 1_000);
    await trial.post(signElevenlabs({ secret, body, timestamp: now - 1_799 }));
    const again = await trial.post(signElevenlabs({ secret, body, timestamp: now }));
    expect(again.body).toBe('{"received":true,"duplicate":true}');
    await trial.post(signElevenlabs({ secret, body: { ...body, event_timestamp: 1_790_000_001 } }));
    expect(trial.persisted).toHaveLength(2);
  });

  it("a tolerance of one's own holds both ways", async () => {
    const now = Math.floor(Date.now() / 1_000);
    const provider = elevenlabs({ secret, toleranceSeconds: 60 });
    const reasons = [now - 90, now + 90].map(async (timestamp) => {
      const result = await verifyWebhook(provider, signElevenlabs({ secret, timestamp }));
      return result.ok || result.reason;
    });
    expect(await Promise.all(reasons)).toEqual(["stale-timestamp", "future-timestamp"]);
    expect(() => elevenlabs({ secret, toleranceSeconds: 0 })).toThrow(/elevenlabs: toleranceSeconds/);
  });
});

function sample(type: string, data: object, jobId?: string, status?: string) {
  const body = { type, event_timestamp: 1_790_000_000, data };
  const job = jobId === undefined || status === undefined ? null : { id: jobId, status };
  return { name: `${type} ${JSON.stringify(data)}`, attempts: [body, body] as const, type, known: true, job };
}
