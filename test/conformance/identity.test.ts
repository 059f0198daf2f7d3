import {
  type AiStatsPayloadOptions,
  aiStatsEventId,
  aiStatsPayload,
  creativeaiPayload,
} from "@latchhook/testing";
import type { WireRequest } from "@latchhook/testing/wire";
import { expect, it } from "vitest";
import {
  aiStatsSenders,
  creativeaiSender,
  newJobId,
  type Sender,
  senders,
  unixSeconds,
  videogenSender,
} from "./support/senders.ts";
import { type Case, describeApps, expectAnswer, refusals, runTable, type Step } from "./support/table.ts";
import { headerOf, withHeader } from "./support/wire.ts";

const metadataNames = ["event-id", "event-type", "delivery-key", "attempt", "max-attempts"] as const;

/** A delivery of AI Stats with its metadata headers changed; `null` leaves one out. */
function withMetadata(
  sender: Sender,
  request: WireRequest,
  changes: Partial<Record<(typeof metadataNames)[number], string | null>>,
): WireRequest {
  let changed = request;
  for (const [name, value] of Object.entries(changes)) {
    changed = withHeader(changed, `x-${sender.name}-${name}`, ...(value === null ? [] : [value]));
  }
  return changed;
}

const stripped = Object.fromEntries(metadataNames.map((name) => [name, null]));

const signPayload = (sender: Sender, options: AiStatsPayloadOptions): WireRequest =>
  sender.sign({ body: aiStatsPayload(options) });

/** Fifty sets of metadata that each contradict the delivery in something. */
function* forgedMetadata(sender: Sender, captured: WireRequest): Generator<WireRequest> {
  for (let index = 0; index < 10; index++) {
    const type = index % 2 ? "video.failed" : `video.progress${index}`;
    yield withMetadata(sender, captured, { "delivery-key": `video.completed:${index}` });
    yield withMetadata(sender, captured, { "event-id": `evt_video_video_${index}_video_completed` });
    yield withMetadata(sender, captured, { "event-type": type });
    yield withMetadata(sender, captured, { attempt: String(index + 2) });
    yield withMetadata(sender, captured, {
      "event-id": `evt_${index}`,
      "event-type": type,
      "delivery-key": `key_${index}`,
      "max-attempts": String(index + 5),
    });
  }
}

/** The attempts of one delivery as AI Stats makes them: all but its identity is new each time. */
function* attempts(sender: Sender, options: AiStatsPayloadOptions): Generator<Step> {
  for (const attempt of [1, 2, 3, 4]) {
    const createdAt = unixSeconds() - 240 + attempt * 60;
    const data = { updated_at: new Date(createdAt * 1000).toISOString(), latency_ms: attempt };
    const body = aiStatsPayload({ ...options, attempt, createdAt, data });
    const request = sender.sign({ body, timestamp: createdAt });
    yield [
      attempt === 1 ? "processed" : "duplicate",
      request,
      `${options.type} ${options.version}, ${attempt}`,
    ];
  }
}

const versions = ["2026-04", "2026-06", "2026-08"] as const;
const types = ["video.created", "video.progress", "video.completed", "video.status_changed", "batch.failed"];

const aiStatsCases: readonly Case[] = [
  {
    name: "G69 the next attempts of a delivery are duplicates, in all versions",
    senders: aiStatsSenders,
    *steps(sender) {
      for (const version of versions) {
        for (const type of types) yield* attempts(sender, { type, version, jobId: newJobId() });
      }
    },
  },
  {
    name: "G70 two jobs, both completed, are two events",
    senders: aiStatsSenders,
    *steps(sender) {
      for (const version of versions) {
        yield ["processed", signPayload(sender, { version, jobId: newJobId() })];
        yield ["processed", signPayload(sender, { version, jobId: newJobId() })];
      }
    },
  },
  {
    name: "G71 G82 completed, progress 60, progress 50 of one job are three events, in any order",
    senders: aiStatsSenders,
    *steps(sender) {
      for (const version of versions) {
        const jobId = newJobId();
        yield ["processed", signPayload(sender, { version, jobId, type: "video.completed" })];
        yield ["processed", signPayload(sender, { version, jobId, type: "video.progress", progress: 60 })];
        yield ["processed", signPayload(sender, { version, jobId, type: "video.progress", progress: 50 })];
        yield ["duplicate", signPayload(sender, { version, jobId, type: "video.progress", progress: 60 })];
      }
    },
  },
  {
    name: "G73 a captured delivery under 50 sets of forged metadata runs once",
    senders: aiStatsSenders,
    *steps(sender) {
      const captured = sender.sign();
      const forgeries = [...forgedMetadata(sender, captured)];
      expect(forgeries).toHaveLength(50);
      for (const forged of forgeries.slice(0, 25)) yield ["unauthentic", forged];
      yield ["processed", captured, "as it was captured"];
      for (const forged of forgeries.slice(25)) yield ["unauthentic", forged];
      yield ["duplicate", captured, "once more"];
    },
  },
  {
    name: "G74 a delivery under the metadata of a later one does not poison that",
    senders: aiStatsSenders,
    *steps(sender) {
      const jobId = newJobId();
      const earlier = signPayload(sender, { type: "video.progress", jobId });
      const later = signPayload(sender, { type: "video.completed", jobId });
      const ofLater = metadataNames.map((name) => [name, headerOf(later, `x-${sender.name}-${name}`)]);
      yield ["unauthentic", withMetadata(sender, earlier, Object.fromEntries(ofLater))];
      yield ["processed", later];
      yield ["processed", earlier];
      yield ["duplicate", later];
    },
  },
  {
    name: "G75 without its metadata headers, all or any, a delivery is the same",
    senders: aiStatsSenders,
    *steps(sender) {
      const [whole, bare] = [sender.sign(), sender.sign()];
      yield ["processed", whole];
      yield ["duplicate", withMetadata(sender, whole, stripped)];
      for (const name of metadataNames)
        yield ["duplicate", withMetadata(sender, whole, { [name]: null }), name];
      yield ["processed", withMetadata(sender, bare, stripped)];
      yield ["duplicate", bare];
    },
  },
  {
    name: "G76 a minimal body, its identity only in the headers, runs once under one signature",
    senders: aiStatsSenders,
    *steps(sender) {
      const body = { type: "video.completed", data: { status: "completed", note: newJobId() } };
      const minimal = sender.sign({ body });
      const named = withMetadata(sender, minimal, { "delivery-key": "video.completed" });
      yield ["processed", named];
      yield ["duplicate", named, "again"];
      for (let index = 0; index < 10; index++) {
        yield [
          "duplicate",
          withMetadata(sender, minimal, { "delivery-key": `key-${index}` }),
          `key ${index}`,
        ];
      }
      yield ["duplicate", withMetadata(sender, minimal, stripped), "without"];
      // The same signature in capitals is no other.
      const capitals = headerOf(named, sender.signatureHeader).toUpperCase();
      const shouted = withMetadata(sender, minimal, { "delivery-key": "shouted" });
      yield ["duplicate", withHeader(shouted, sender.signatureHeader, capitals), "in capitals"];
    },
  },
  {
    name: "G80 ids that collide after the cut at 160 characters are two events",
    senders: aiStatsSenders,
    *steps(sender) {
      const long = newJobId() + "v".repeat(200);
      const [first, second] = ["1", "2"].map((end) => aiStatsPayload({ jobId: long + end }));
      expect(first?.id).toBe(second?.id);
      expect(first?.id).toBe(aiStatsEventId("video", long, "video.completed"));
      for (const payload of [first, second]) yield ["processed", sender.sign({ body: payload ?? {} })];
    },
  },
  {
    name: "G81 whatever a job was subscribed to, its types are those of its kind",
    senders: aiStatsSenders,
    *steps(sender) {
      for (const events of [["job.completed"], ["video.completed"], []]) {
        const data = { webhook: { events } };
        yield ["processed", signPayload(sender, { jobId: newJobId(), data })];
      }
    },
  },
  {
    name: "G75 a delivery under the other family's headers is the same delivery",
    senders: [aiStatsSenders[0]],
    *steps(sender) {
      const body = aiStatsPayload({ jobId: newJobId() });
      yield ["processed", sender.sign({ body })];
      yield ["duplicate", aiStatsSenders[1].sign({ body })];
    },
  },
];

const dayMs = 86_400_000;
const completedAt = (offsetMs: number) => new Date(Date.now() + offsetMs);
const generation = (options: Parameters<typeof creativeaiPayload>[0]) =>
  creativeaiSender.sign({ body: creativeaiPayload({ generationId: newJobId(), ...options }) });

const creativeaiCases: readonly Case[] = [
  {
    name: "G72 a failure and a later completion of one generation are two events",
    senders: [creativeaiSender],
    *steps() {
      const generationId = newJobId();
      for (const answer of ["processed", "duplicate"] as const) {
        yield [answer, generation({ generationId, status: "failed" })];
        yield [answer, generation({ generationId, status: "completed", completedAt: completedAt(1) })];
      }
    },
  },
  {
    name: "G78 completed_at within a week is believed",
    senders: [creativeaiSender],
    *steps() {
      for (const offset of [0, -7 * dayMs + 60_000, 250_000]) {
        yield ["processed", generation({ completedAt: completedAt(offset) }), `${offset} ms`];
      }
    },
  },
  {
    name: "G78 completed_at that is missing or rubbish: delivered once",
    senders: [creativeaiSender],
    *steps() {
      for (const rubbish of [undefined, null, "", "soon", "5", 1_700_000_000, {}, "2026-13-45T99:99:99Z"]) {
        const request = generation({ data: { completed_at: rubbish } });
        yield ["processed", request, String(rubbish)];
        yield ["duplicate", request, String(rubbish)];
      }
    },
  },
  ...refusals("unauthentic", [creativeaiSender], {
    "G78 completed_at that is too old, or in the future": () =>
      [-7 * dayMs - 1_000, -400 * dayMs, 310_000, dayMs, 4_000 * dayMs].map((offset) =>
        generation({ completedAt: completedAt(offset) }),
      ),
    "G73 headers that are not signed, forged": (_sender, genuine) => [
      withHeader(genuine, "x-creativeai-delivery-id", "gen_other"),
      withHeader(
        genuine,
        "x-creativeai-delivery-id",
        `${headerOf(genuine, "x-creativeai-delivery-id")} `.repeat(2),
      ),
      withHeader(genuine, "x-creativeai-event", "video.generation.failed"),
      withHeader(genuine, "x-creativeai-event", "voice.completed"),
    ],
  }),
  {
    name: "G75 without the headers that are not signed, a delivery is the same",
    senders: [creativeaiSender],
    *steps(sender) {
      const whole = sender.sign();
      const bare = withHeader(withHeader(whole, "x-creativeai-event"), "x-creativeai-delivery-id");
      yield ["processed", bare];
      yield ["duplicate", whole];
    },
  },
];

const everySender: readonly Case[] = [
  {
    name: "G67 the same delivery 50 times in a row runs once",
    senders,
    *steps(sender) {
      const request = sender.sign();
      for (let time = 0; time < 50; time++)
        yield [time === 0 ? "processed" : "duplicate", request, `time ${time}`];
    },
  },
  {
    name: "G69 the next attempt of a delivery, signed anew, is a duplicate",
    senders: [videogenSender],
    *steps(sender) {
      const [jobId, id] = [newJobId(), `msg_${newJobId()}`];
      for (const age of [200, 100, 0]) {
        const request = sender.sign({ jobId, id, timestamp: unixSeconds() - age });
        yield [age === 200 ? "processed" : "duplicate", request, `${age} s old`];
      }
    },
  },
];

describeApps("G identity and replay", (subject) => {
  runTable(subject, [...everySender, ...aiStatsCases, ...creativeaiCases]);

  it.each(senders.map((sender) => [sender.name, sender] as const))(
    "G68 50 at once run once (%s)",
    async (_name, sender) => {
      const before = (await subject().app.events()).length;
      const request = sender.sign();
      const responses = await Promise.all(Array.from({ length: 50 }, () => subject().send(request)));
      const bodies = responses.map((response) => `${response?.status} ${response?.body}`);
      const allowed = new Set(['200 {"received":true,"duplicate":true}', '503 {"error":"busy"}']);
      expect(bodies.filter((body) => body === '200 {"received":true}')).toHaveLength(1);
      expect(bodies.filter((body) => body !== '200 {"received":true}' && !allowed.has(body))).toEqual([]);
      expect((await subject().app.events()).length - before).toBe(1);
      expectAnswer(await subject().send(request), "duplicate");
    },
  );

  it("G79 the same ids from two senders are two events", async () => {
    const [jobId, before] = [newJobId(), await subject().app.events()];
    const id = jobId;
    await subject().expect(["processed", signPayload(aiStatsSenders[0], { jobId, data: { id } })]);
    await subject().expect(["processed", creativeaiSender.sign({ jobId })]);
    await subject().expect(["processed", videogenSender.sign({ jobId, id })]);
    const rows = (await subject().app.events()).slice(before.length);
    expect(rows.map((row) => [row.provider, row.jobId, row.status])).toEqual([
      ["ai-stats", jobId, "completed"],
      ["creativeai", jobId, "completed"],
      ["videogen", jobId, "completed"],
    ]);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(3);
  });

  it("G71 rows say what was signed: type, status, attempt", async () => {
    const [jobId, before] = [newJobId(), await subject().app.events()];
    const [family] = aiStatsSenders;
    await subject().expect(["processed", signPayload(family, { jobId, type: "video.progress", attempt: 3 })]);
    await subject().expect(["processed", signPayload(family, { jobId, type: "video.cancelled" })]);
    await subject().expect(["processed", generation({ generationId: jobId, status: "failed" })]);
    const rows = (await subject().app.events()).slice(before.length);
    expect(rows.map(({ type, status, attempt, jobId: job }) => [type, status, attempt, job])).toEqual([
      ["video.progress", "processing", 3, jobId],
      ["video.cancelled", "cancelled", 1, jobId],
      ["video.generation.failed", "failed", 1, jobId],
    ]);
  });
});
