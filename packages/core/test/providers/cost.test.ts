import { aiStats } from "@latchhook/core/providers/ai-stats";
import { videogen, videogenToolExecution } from "@latchhook/core/providers/videogen";
import { describe, expect, it } from "vitest";

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

/** What reading costs beyond parsing the same bytes, in multiples of the parsing, the median of several. */
function costBeyondParsing(read: () => unknown, body: Buffer): number {
  const ratios = Array.from({ length: 9 }, () => {
    const startedAt = performance.now();
    JSON.parse(body.toString());
    const parsedAt = performance.now();
    read();
    return (performance.now() - parsedAt) / (parsedAt - startedAt) - 1;
  });
  return median(ratios);
}

describe("what an authentic body can cost", () => {
  it("AI Stats: a type of a million dots costs no more than its parsing", () => {
    const provider = aiStats({ secret: "whsec_first-of-two" });
    const body = Buffer.from(JSON.stringify({ id: "e", type: ".".repeat(1_000_000), data: { id: "j" } }));
    const times = Array.from({ length: 9 }, () => {
      const startedAt = performance.now();
      expect(provider.read({ headers: {}, body })).toMatchObject({ ok: true, event: { known: false } });
      return performance.now() - startedAt;
    });
    expect(median(times)).toBeLessThan(25);
  });

  it("VideoGen: a third of a million results cost no more than their parsing", () => {
    const provider = videogen({ secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" });
    const results = Array.from({ length: 333_000 }, () => ({}));
    const payload = { event: "tool_execution.succeeded", toolExecutionId: "t", occurredAt: 1, results };
    const body = Buffer.from(JSON.stringify(payload));
    const request = { headers: { "webhook-id": "msg_1" }, body };
    expect(provider.read(request)).toMatchObject({ ok: true, event: { known: false } });
    expect(costBeyondParsing(() => provider.read(request), body)).toBeLessThan(1);
  });

  it.each([
    [1_000, true],
    [1_001, false],
  ])("VideoGen: %i results are looked through: %j", (length, known) => {
    const data = { toolExecutionId: "t", results: Array.from({ length }, () => ({ fileId: "f" })) };
    expect(videogenToolExecution.safeParse(data).success).toBe(known);
  });

  it("VideoGen: one result of the wrong shape makes an unknown event", () => {
    const data = { toolExecutionId: "t", results: [{ fileId: "f" }, { fileId: 7 }] };
    expect(videogenToolExecution.safeParse(data).success).toBe(false);
  });
});
