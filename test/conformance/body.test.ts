import type { WireRequest } from "@latchhook/testing/wire";
import { expect, it } from "vitest";
import {
  aiStatsSenders,
  creativeaiSender,
  jobPrefix,
  newJobId,
  type Sender,
  senders,
  videogenSender,
} from "./support/senders.ts";
import {
  type Case,
  deliveries,
  describeApps,
  type Forge,
  refusals,
  runTable,
  type Subject,
} from "./support/table.ts";
import { withHeader } from "./support/wire.ts";

const concat = (...parts: readonly (Uint8Array | string)[]): Uint8Array =>
  Buffer.concat(parts.map((part) => Buffer.from(part)));
const withBody = (request: WireRequest, body: Uint8Array | string): WireRequest => ({
  ...request,
  body: Buffer.from(body),
});

/** A body that is about a job, for each sender, with further members. */
function bodyAbout(sender: Sender, jobId: string, more: Readonly<Record<string, unknown>> = {}): string {
  if (sender.provider === "videogen") {
    return JSON.stringify({ event: "tool_execution.succeeded", toolExecutionId: jobId, ...more });
  }
  if (sender.provider === "creativeai") {
    return JSON.stringify({ id: jobId, object: "video.generation", status: "completed", ...more });
  }
  return JSON.stringify({ id: `evt_${jobId}`, type: "video.completed", data: { id: jobId }, ...more });
}

const byteOrderMark = Uint8Array.of(0xef, 0xbb, 0xbf);

/** Signed bytes that are no UTF-8. */
const notUtf8: readonly Uint8Array[] = [
  [0xff],
  [0xe6, 0x97],
  [0x80],
  [0xc0, 0xaf],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
].map((bytes) => concat('{"id":"', Uint8Array.from(bytes), '"}'));

/** The same to a reader, other bytes to a signature. The last one composes what was written decomposed. */
const original = '{"name":"Ame\u0301lie","text":"日の出 🌅","b":1,"a":[1,2]}';
const rewritten: readonly string[] = [
  JSON.stringify(JSON.parse(original), null, 2),
  '{"text":"日の出 🌅","name":"Ame\u0301lie","b":1,"a":[1,2]}',
  original.replace(/:/g, ": "),
  original.replace("日", "\\u65e5"),
  original.replace("🌅", "\\ud83c\\udf05"),
  `${original}\r\n`,
  original.replace('"b":1', '"b":1.0'),
  original.slice(0, -1),
  `${original}{}`,
  original.replace("{", '{"b":2,'),
  original.replaceAll("\u0301", "\u0301\u200b"),
  original.normalize("NFC"),
];

const forged: Readonly<Record<string, Forge>> = {
  "E45 an empty body, under the signature of another or none": (sender, genuine) => [
    withBody(genuine, ""),
    { ...withBody(genuine, ""), headers: [] },
    withHeader(withBody(genuine, ""), sender.signatureHeader),
  ],
  "E46 a byte order mark put before the signed body": (_sender, genuine) => [
    withBody(genuine, concat(byteOrderMark, genuine.body)),
    withBody(genuine, Buffer.from(`\ufeff${Buffer.from(genuine.body)}`, "utf16le")),
  ],
  "E47 bytes that decode to the signed text": (sender) =>
    notUtf8.map((body) => withBody(sender.sign({ body: new TextDecoder().decode(body) }), body)),
  "E48 the signed content in other bytes": (sender) => {
    const genuine = sender.sign({ body: original });
    return rewritten.map((body) => withBody(genuine, body));
  },
  "E49 a newline appended": (_sender, genuine) =>
    ["\n", "\r\n", " ", "\0"].map((tail) => withBody(genuine, concat(genuine.body, tail))),
};

const malformed = {
  "E45 an empty body, signed": (sender: Sender) => [sender.sign({ body: "" })],
  "E46 a byte order mark, signed": (sender: Sender) => [
    sender.sign({ body: concat(byteOrderMark, bodyAbout(sender, newJobId())) }),
    sender.sign({ body: byteOrderMark }),
  ],
  "E47 invalid UTF-8, signed": (sender: Sender) => notUtf8.map((body) => sender.sign({ body })),
  "E50 signed, but not JSON": (sender: Sender) =>
    [" ", "{", "{]", "undefined", "{'a':1}", '{"a":1}{"b":2}', "\0", "a=1&b=2", '{"a":NaN}', "<xml/>"].map(
      (body) => sender.sign({ body }),
    ),
  "E51 JSON that is not an object": (sender: Sender) =>
    ["null", "true", "1", '"text"', "[]", `[${bodyAbout(sender, newJobId())}]`].map((body) =>
      sender.sign({ body }),
    ),
  "E53 100,000 levels of arrays": (sender: Sender) => [
    sender.sign({ body: `${"[".repeat(100_000)}${"]".repeat(100_000)}` }),
    sender.sign({ body: "[".repeat(100_000) }),
    sender.sign({ body: '{"a":'.repeat(100_000) }),
  ],
};

const strangeValues: readonly unknown[] = [null, 1, true, [], {}, "", [null], -0, 1e308];

const processed = {
  "E49 a newline that is signed": (sender: Sender) =>
    ["\n", "\r\n  "].map((space) =>
      sender.sign({ body: `${space}${bodyAbout(sender, newJobId())}${space}` }),
    ),
  "E52 __proto__ and constructor keys": (sender: Sender) =>
    ['"__proto__":{"polluted":1}', '"constructor":{"prototype":{"polluted":1}}'].map((hostile) =>
      sender.sign({ body: `{${hostile},${bodyAbout(sender, newJobId()).slice(1)}` }),
    ),
  "E53 100,000 levels within an object": (sender: Sender) =>
    [`${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`, `${"[".repeat(100_000)}${"]".repeat(100_000)}`].map(
      (deep) => sender.sign({ body: `{"deep":${deep},${bodyAbout(sender, newJobId()).slice(1)}` }),
    ),
  "E54 unknown types and shapes": (sender: Sender) => [
    sender.sign({ body: "{}" }),
    sender.sign({ body: `{"note":"${newJobId()}"}` }),
    ...["video.exploded", "voice.completed", "", "constructor", "__proto__", "video.completed.again"].map(
      (type) => sender.sign({ body: bodyAbout(sender, newJobId(), { type, event: type, object: type }) }),
    ),
  ],
  "E54 fields of the wrong type": (sender: Sender) =>
    strangeValues.flatMap((value) =>
      ["type", "event", "object", "data", "delivery", "created_at", "occurredAt", "completed_at"].map(
        (member) =>
          sender.sign({ body: bodyAbout(sender, newJobId(), { [member]: value, unique: newJobId() }) }),
      ),
    ),
};

/** Ids that break stores, logs and pages. */
const strangeIds: readonly string[] = [
  "i".repeat(10_000),
  `${"i".repeat(10_000)}2`,
  "nul\0",
  "nul\0\0",
  "line\r\nfeed",
  "lone\ud800",
  "lone\ud801",
  "lone\ufffd",
  "\u202eright-to-left שלום",
  "../../etc/passwd",
  "'; DROP TABLE app_events; --",
  '"><script>alert(1)</script>',
  "%00%0d%0a",
  " ",
  "__proto__",
  "Ame\u0301lie",
  "Am\u00e9lie",
  "\u2028\u0085\u001b[31m",
];

const idCases: readonly Case[] = [
  {
    name: "E55 strange ids have keys of their own, and their retries are duplicates",
    senders,
    *steps(sender) {
      for (const id of strangeIds) {
        const jobId = `${jobPrefix}:${sender.name}:${id}`;
        const first = sender.sign({ body: bodyAbout(sender, jobId), id: `msg_${newJobId()}` });
        yield ["processed", first, id.slice(0, 40)];
        yield ["duplicate", first, id.slice(0, 40)];
      }
    },
  },
];

/** What `/events` shows of the ids, after the case above. */
function expectIdsAsSigned(subject: () => Subject): void {
  it.each(senders.map((sender) => [sender.name, sender] as const))(
    "E55 /events shows strange ids exactly as they were signed (%s)",
    async (_name, sender) => {
      const jobIds = strangeIds.map((id) => `${jobPrefix}:${sender.name}:${id}`);
      const rows = (await subject().app.events()).filter(({ jobId }) =>
        jobId?.startsWith(`${jobPrefix}:${sender.name}:`),
      );
      expect(rows.map(({ jobId }) => jobId)).toEqual(jobIds);
      expect(new Set(rows.map(({ key }) => key)).size).toBe(jobIds.length);
      if (sender.provider === "ai-stats")
        expect(rows.map(({ id }) => id)).toEqual(jobIds.map((id) => `evt_${id}`));
      if (sender.provider === "creativeai") expect(rows.map(({ id }) => id)).toEqual(jobIds);
    },
  );
}

describeApps("E body", (subject) => {
  runTable(subject, [
    ...refusals("unauthentic", senders, forged),
    ...deliveries("malformed", senders, malformed),
    // A body without ids is its own identity, so under the second name of AI Stats it would be a duplicate.
    ...deliveries("processed", [aiStatsSenders[1], videogenSender, creativeaiSender], processed),
    ...idCases,
  ]);
  expectIdsAsSigned(subject);

  it("E52 nothing was polluted: rows have their own members and no others", async () => {
    for (const row of await subject().app.events()) {
      expect(Object.keys(row)).toEqual([
        "provider",
        "id",
        "type",
        "jobId",
        "status",
        "key",
        "attempt",
        "persistedAt",
      ]);
    }
  });

  it("E55 what was logged about strange ids stayed on its lines", () => {
    const lines = subject().app.output.split("\n");
    expect(lines.filter((line) => /feed|passwd|DROP|script|right-to-left/.test(line))).toEqual([]);
  });
});
