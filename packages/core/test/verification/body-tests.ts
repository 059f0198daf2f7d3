import type { SenderMembers } from "@latchhook/testing";
import { describe, expect, it } from "vitest";
import { type Dialect, dialects, type PlainRequest } from "../support/dialects.ts";
import { expectProcessed, expectRefused, trialReceiver } from "../support/trial-receiver.ts";

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
const concat = (...parts: readonly (Uint8Array | string)[]): Uint8Array =>
  Buffer.concat(parts.map((part) => Buffer.from(part)));
const byteOrderMark = bytes(0xef, 0xbb, 0xbf);

/** Signed, but not text that JSON may be in. */
const invalidUtf8: Readonly<Record<string, Uint8Array>> = {
  "0xFF": concat('{"a":"', bytes(0xff), '"}'),
  "a cut sequence": concat('{"a":"', bytes(0xe6, 0x97), '"}'),
  "a lone continuation byte": concat('{"a":"', bytes(0x80), '"}'),
  "an overlong slash": concat('{"a":"', bytes(0xc0, 0xaf), '"}'),
  "an encoded surrogate": concat('{"a":"', bytes(0xed, 0xa0, 0x80), '"}'),
  "beyond U+10FFFF": concat('{"a":"', bytes(0xf4, 0x90, 0x80, 0x80), '"}'),
  "UTF-16": Buffer.from('{"a":"b"}', "utf16le"),
};

const notAnObject = ["null", "true", "1", '"text"', "[]", '[{"type":"video.completed"}]', " [1] "];
const notJson = [
  "",
  " ",
  "{",
  "{]",
  "undefined",
  "{'a':1}",
  '{"a":1}{"b":2}',
  "\0",
  "a=1&b=2",
  '{"a":NaN}',
  "<xml/>",
];

/** What a body becomes in hands that think it is the same. The last one composes what was written decomposed. */
const original = '{"name":"Ame\u0301lie","text":"日の出 🌅","b":1,"a":[1,2]}';
const rewritten: Readonly<Record<string, string>> = {
  "a byte order mark added": `\ufeff${original}`,
  "pretty-printed": JSON.stringify(JSON.parse(original), null, 2),
  reordered: '{"text":"日の出 🌅","name":"Ame\u0301lie","b":1,"a":[1,2]}',
  spaced: original.replace(/:/g, ": "),
  "an escape in place of a literal": original.replace("日", "\\u65e5"),
  "upper-case escapes of an emoji": original.replace("🌅", "\\uD83C\\uDF05"),
  "a line feed appended": `${original}\n`,
  "CR LF appended": `${original}\r\n`,
  "a number respelled": original.replace('"b":1', '"b":1.0'),
  NFC: original.normalize("NFC"),
  "one byte cut off": original.slice(0, -1),
  "a second object appended": `${original}{}`,
  "a member doubled": original.replace("{", '{"b":2,'),
};

/** Acceptance group E, as far as it needs no HTTP, over whichever crypto is in place. */
export function bodyTests(): void {
  describe.each(dialects)("body of $name", (dialect) => {
    malformedTests(dialect);
    rewrittenTests(dialect);
    hostileTests(dialect);
  });
}

function malformedTests(dialect: Dialect): void {
  it("E45 empty: signed → 400, unsigned → 401", async () => {
    await expectStatus(dialect, dialect.sign({ body: "" }), 400, "signed");
    await expectStatus(dialect, { ...dialect.sign(), body: bytes() }, 401, "unsigned");
    await expectStatus(dialect, { headers: {}, body: bytes() }, 401, "no headers");
  });

  it("E46 a byte order mark: added after signing → 401, signed → 400", async () => {
    const request = dialect.sign();
    await expectStatus(dialect, { ...request, body: concat(byteOrderMark, request.body) }, 401, "added");
    await expectStatus(dialect, dialect.sign({ body: concat(byteOrderMark, request.body) }), 400, "signed");
  });

  it("E47 invalid UTF-8: signed → 400; signed as its U+FFFD text → 401", async () => {
    for (const [what, body] of Object.entries(invalidUtf8)) {
      await expectStatus(dialect, dialect.sign({ body }), 400, what);
      const replaced = new TextDecoder().decode(body);
      if (Buffer.from(body).equals(Buffer.from(replaced))) continue;
      await expectStatus(dialect, { ...dialect.sign({ body: replaced }), body }, 401, `${what}, replaced`);
    }
  });

  it("E50 signed but not JSON → 400", async () => {
    for (const body of notJson)
      await expectStatus(dialect, dialect.sign({ body }), 400, JSON.stringify(body));
  });

  it("E51 JSON that is not an object → 400", async () => {
    for (const body of notAnObject) await expectStatus(dialect, dialect.sign({ body }), 400, body);
  });
}

function rewrittenTests(dialect: Dialect): void {
  it.each(Object.entries(rewritten))("E48, E49 %s → 401; signed with it, no 401", async (what, body) => {
    const genuine = dialect.sign({ body: original });
    await expectStatus(dialect, genuine, 200, "as it was signed");
    expect(Buffer.from(genuine.body).equals(Buffer.from(body)), "the variant differs").toBe(false);
    await expectStatus(dialect, { ...genuine, body: Buffer.from(body) }, 401, what);
    const trial = trialReceiver(dialect.makeProvider({ secret: dialect.secrets[0] }));
    const answer = await trial.post(dialect.sign({ body }));
    expect([200, 400]).toContain(answer.status);
  });

  it("E49 a newline signed with the body → 200", async () => {
    await expectStatus(dialect, dialect.sign({ body: `${original}\n` }), 200, "a newline");
    await expectStatus(dialect, dialect.sign({ body: `\r\n ${original}\r\n` }), 200, "white space around");
  });

  it("the body is verified where it stands in a larger buffer", async () => {
    const request = dialect.sign();
    const larger = Buffer.alloc(request.body.length + 64, 0x20);
    larger.set(request.body, 32);
    const body = new Uint8Array(larger.buffer, larger.byteOffset + 32, request.body.length);
    await expectStatus(dialect, { ...request, body }, 200, "a view");
  });
}

function hostileTests(dialect: Dialect): void {
  it("E52 __proto__ and constructor keys pollute nothing, and reach persist as they were signed", async () => {
    const hostile = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},';
    const body = hostile + JSON.stringify(dialect.payload()).slice(1);
    const trial = trialReceiver(dialect.makeProvider({ secret: dialect.secrets[0] }));
    expectProcessed(await trial.post(dialect.sign({ body })), "E52");
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(trial.persisted).toHaveLength(1);
  });

  it("E53 100,000 levels deep: answered, alive", async () => {
    const trial = trialReceiver(dialect.makeProvider({ secret: dialect.secrets[0] }));
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    const objects = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
    for (const body of [deep, objects, `{"data":${deep}}`, `{"data":${objects}}`, `{"type":${objects}}`]) {
      const { status } = await trial.post(dialect.sign({ body }));
      expect([200, 400]).toContain(status);
    }
    expectProcessed(await trial.post(dialect.sign()), "afterwards");
  });

  // What tells apart the deliveries of a sender without jobs is its own; see its contract.
  const { members } = dialect;
  if (members === undefined) return;

  it("E54 unknown types and shapes reach persist as unknown events", async () => {
    const trial = trialReceiver(dialect.makeProvider({ secret: dialect.secrets[0] }));
    // Deliveries of one id differ by what is signed of type and job, so each gets an id of its own.
    const jobIdIsId = members.jobId.join() === "id";
    const bodies = [...strangeBodies(dialect, members)].map((body, index) =>
      !jobIdIsId && "id" in body ? { ...body, id: `evt_${index}` } : body,
    );
    for (const [index, body] of bodies.entries()) {
      expectProcessed(
        await trial.post(dialect.sign({ body, id: `msg_${index}` })),
        JSON.stringify(body).slice(0, 200),
      );
    }
    expect(trial.persisted.map(({ event }) => event.known)).toEqual(bodies.map(() => false));
    expect(trial.persisted.map(({ event }) => event.provider)).toEqual(
      bodies.map(() => dialect.makeProvider({ secret: dialect.secrets[0] }).name),
    );
  });

  it("E55 strange ids have distinct keys, and no store error", async () => {
    const trial = trialReceiver(dialect.makeProvider({ secret: dialect.secrets[0] }));
    for (const [index, id] of strangeIds.entries()) {
      const request = dialect.sign({ body: bodyWithId(dialect, members, id), id: `msg_${index}` });
      expectProcessed(await trial.post(request), JSON.stringify(id).slice(0, 100));
      expect((await trial.post(request)).body).toContain("duplicate");
    }
    const keys = trial.persisted.map(({ delivery }) => delivery.key);
    expect(new Set(keys).size).toBe(strangeIds.length);
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(trial.persisted.map(({ event }) => event.job?.id)).toEqual(strangeIds);
  });
}

const strangeIds: readonly string[] = [
  "i".repeat(10_000),
  `${"i".repeat(10_000)}2`,
  "nul\0",
  "nul\0\0",
  "line\r\nfeed",
  "lone\ud800",
  "lone\ud801",
  "lone\udfff",
  "\u202eright to left",
  "../../etc/passwd",
  "'; DROP TABLE deliveries; --",
  "<script>alert(1)</script>",
  "video.completed",
  "__proto__",
  '["a","b"]',
  " ",
  "é",
  "e\u0301",
];

/** A known event of a job with this id. */
function bodyWithId(dialect: Dialect, { jobId }: SenderMembers, id: string): object {
  return setMember(dialect.payload() as Record<string, unknown>, jobId, id);
}

/** Authentic bodies that no version knows. Each is a delivery of its own. */
function* strangeBodies(dialect: Dialect, members: SenderMembers): Generator<object> {
  const payload = dialect.payload() as Record<string, unknown>;
  yield {};
  yield { hello: "world" };
  for (const type of [
    "video.rendered",
    "",
    "video.completed.extra",
    ".",
    "video",
    "\0",
    "__proto__",
    7,
    null,
    [],
    {},
    true,
  ]) {
    yield { ...payload, [members.type]: type };
  }
  for (const wrong of [null, 7, [], {}, true]) yield setMember(payload, members.jobId, wrong);
  yield Object.fromEntries(Object.keys(payload).map((name) => [name, null]));
  yield Object.fromEntries(Object.keys(payload).map((name) => [name, 1]));
  yield Object.fromEntries(Object.keys(payload).map((name) => [name, ["list"]]));
}

function setMember(
  value: Record<string, unknown>,
  path: readonly string[],
  to: unknown,
): Record<string, unknown> {
  const [name = "", ...rest] = path;
  if (rest.length === 0) return { ...value, [name]: to };
  return { ...value, [name]: setMember(value[name] as Record<string, unknown>, rest, to) };
}

async function expectStatus(
  dialect: Dialect,
  request: PlainRequest,
  status: number,
  what: string,
): Promise<void> {
  const trial = trialReceiver(dialect.makeProvider({ secret: dialect.secrets[0] }));
  const answer = await trial.post(request);
  if (status === 200) expectProcessed(answer, what);
  else expectRefused(trial, answer, status, what);
}
