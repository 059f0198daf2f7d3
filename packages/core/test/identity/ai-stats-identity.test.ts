import { aiStats } from "@latchhook/core/providers/ai-stats";
import { describe, expect, it } from "vitest";

const provider = aiStats({ secret: "whsec_first-of-two" });

function identityOf(payload: object, headers: Record<string, string> = {}) {
  const reading = provider.read({ headers, body: Buffer.from(JSON.stringify(payload)) });
  if (!reading.ok) throw new Error(reading.reason);
  const { identity, replayIdentity } = reading;
  return { identity, replayIdentity };
}

const headers = {
  "x-ai-stats-signature": "ABC",
  "x-ai-stats-timestamp": "1",
  "x-ai-stats-delivery-key": "k9",
};

describe("what identifies a delivery of AI Stats", () => {
  it.each([
    [{ id: "e", type: "t", data: { id: "j" }, delivery: { key: "k" } }, ["delivery", "t", "j", "e", "k"]],
    [{ id: "e", type: "t", delivery: { key: "k" } }, ["delivery", "t", null, "e", "k"]],
    [{ type: "t", data: { id: "j" }, delivery: { key: "k" } }, ["delivery", "t", "j", null, "k"]],
    [{ type: "t", data: { id: "j" } }, ["job", "t", "j", null]],
  ])("%j: all of it signed", (payload, identity) => {
    expect(identityOf(payload)).toEqual({ identity, replayIdentity: undefined });
  });

  it("a delivery key without a job and an event says nothing: the body counts, and the signature", () => {
    const payload = { type: "video.completed", delivery: { key: "video.completed" } };
    expect(identityOf(payload, { "x-ai-stats-signature": "ABC", "x-ai-stats-timestamp": "1" })).toEqual({
      identity: ["body", JSON.stringify(payload), null],
      replayIdentity: ["signature", "1.abc"],
    });
  });

  it("two such bodies are two deliveries", () => {
    const of = (status: string) =>
      identityOf({ type: "video.completed", delivery: { key: "video.completed" }, data: { status } });
    expect(of("completed").identity).not.toEqual(of("failed").identity);
  });

  it.each([
    [{ id: "e", type: "t" }, ["event", "t", "e", null, "k9"]],
    [{ id: "e" }, ["body", '{"id":"e"}', "k9"]],
    [{}, ["body", "{}", "k9"]],
  ])("%j: the header's delivery key narrows it, and the signature is claimed", (payload, identity) => {
    expect(identityOf(payload, headers)).toEqual({ identity, replayIdentity: ["signature", "1.abc"] });
  });

  it("two delivery keys in the headers are two deliveries", () => {
    const of = (key: string) =>
      identityOf({ id: "e", type: "t" }, { ...headers, "x-ai-stats-delivery-key": key });
    expect(of("k1").identity).not.toEqual(of("k2").identity);
  });

  it("the header's delivery key is nothing where the signed one is", () => {
    const payload = { id: "e", type: "t", data: { id: "j" }, delivery: { key: "k9" } };
    expect(identityOf(payload, headers)).toEqual(identityOf(payload));
  });
});
