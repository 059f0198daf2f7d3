import { describe, expect, it } from "vitest";
import { aiStatsIdentity } from "../../src/providers/ai-stats/identity.ts";

const headers = {
  "x-ai-stats-signature": "AB",
  "x-ai-stats-timestamp": "1700000000",
  "x-ai-stats-delivery-key": "from the header",
};

function identity(value: Readonly<Record<string, unknown>>, given: Record<string, string> = headers) {
  return aiStatsIdentity(given, { ok: true, value, text: JSON.stringify(value) });
}

const bySignature = ["signature", "1700000000.ab"];

describe("the identity of an AI Stats delivery with a delivery key in its body", () => {
  it.each([
    [{ id: "evt", type: "t", data: { id: "job" } }, ["delivery", "t", "job", "evt", "key"]],
    [{ id: "evt" }, ["delivery", null, null, "evt", "key"]],
    [{ data: { id: "job" } }, ["delivery", null, "job", null, "key"]],
  ])("%j is its own", (members, parts) => {
    expect(identity({ ...members, delivery: { key: "key" } })).toEqual({ identity: parts });
  });

  it("but neither job nor id is the body's and the header's: the key alone is every job's", () => {
    const value = { type: "t", delivery: { key: "key" } };
    expect(identity(value)).toEqual({
      identity: ["body", JSON.stringify(value), "from the header"],
      replayIdentity: bySignature,
    });
  });
});

describe("the identity of an early AI Stats delivery, with neither id nor delivery key", () => {
  const job = (type: string, data: object) => identity({ type, data: { id: "job", ...data } });

  it.each([
    ["video.completed", {}, null],
    ["video.completed", { progress: 100, status: "completed" }, null],
    ["video.progress", { progress: 43 }, 40],
    ["video.progress", { progress: 45 }, 50],
    ["video.progress", { progress: 44.4 }, 40],
    ["video.progress", { progress: 0 }, 5],
    ["video.progress", { progress: 5 }, 5],
    ["video.progress", { progress: 6 }, 10],
    ["video.progress", { progress: 99 }, 95],
    ["video.progress", { progress: "43" }, "43"],
    ["batch.progress", { request_counts: { total: 3, completed: 1, failed: 0 } }, "[3,1,0]"],
    ["batch.progress", { request_counts: { completed: 1 } }, "[null,1,null]"],
    ["video.status_changed", { status: "queued", progress: 43 }, "queued"],
    ["video.status_changed", { status: null }, null],
    ["video.status_changed", {}, null],
  ])("%s with %j is told apart by %j", (type, data, variant) => {
    expect(job(type, data)).toEqual({ identity: ["job", type, "job", variant] });
  });

  it.each([
    ["video.progress", {}],
    ["video.progress", { progress: null }],
    ["batch.progress", { request_counts: {} }],
    ["video.status_changed", { status: { a: 1 } }],
  ])("%s with %j is told apart by the whole body", (type, data) => {
    const value = { type, data: { id: "job", ...data } };
    expect(identity(value)).toEqual({
      identity: ["body", JSON.stringify(value), "from the header"],
      replayIdentity: bySignature,
    });
  });
});

describe("the identity of a minimal AI Stats delivery", () => {
  it.each([
    [{ id: "evt", type: "t" }, ["event", "t", "evt", null]],
    [{ id: "evt", type: "t", data: { id: "job" } }, ["event", "t", "evt", "job"]],
  ])("%j is its event and the header's key, and its signature is claimed too", (value, parts) => {
    expect(identity(value)).toEqual({
      identity: [...parts, "from the header"],
      replayIdentity: bySignature,
    });
  });

  it.each([{}, { id: "evt" }, { type: "t" }, { id: "evt", data: { id: "job" } }, { data: { id: "job" } }])(
    "%j is its whole body",
    (value) => {
      expect(identity(value)).toEqual({
        identity: ["body", JSON.stringify(value), "from the header"],
        replayIdentity: bySignature,
      });
    },
  );

  it("without the header has none of it", () => {
    const { "x-ai-stats-delivery-key": _, ...others } = headers;
    expect(identity({ id: "evt", type: "t" }, others).identity).toEqual(["event", "t", "evt", null, null]);
  });

  it("without a signature, as where it is vouched for, claims none", () => {
    expect(identity({ id: "evt", type: "t" }, {})).toEqual({ identity: ["event", "t", "evt", null, null] });
  });
});
