import assert from "node:assert/strict";
import fc from "fast-check";
import {
  assertVerified,
  attemptOf,
  keysOf,
  readGenuine,
  type Trial,
  type TrialBody,
  toBytes,
} from "./trial.ts";

/** What `read` makes of signed content. */
export const readingCases: Readonly<Record<string, TrialBody>> = {
  "every sample is read as what it is": async (trial) => {
    for (const sample of trial.options.samples) {
      const { event } = await readGenuine(trial.provider, attemptOf(trial, sample, 0));
      const { type, known, job } = sample;
      const read = { type: event.type, known: event.known, provider: event.provider };
      assert.deepEqual(read, { type, known, provider: trial.provider.name }, sample.name);
      const readJob = event.job && { id: event.job.id, status: event.job.status };
      assert.deepEqual(readJob, job, sample.name);
    }
  },

  "all attempts of one delivery have one identity and one event id": async (trial) => {
    for (const sample of trial.options.samples) {
      const first = await readGenuine(trial.provider, attemptOf(trial, sample, 0));
      for (let index = 1; index < sample.attempts.length; index++) {
        const retry = await readGenuine(trial.provider, attemptOf(trial, sample, index));
        assert.deepEqual(retry.identity, first.identity, sample.name);
        assert.equal(retry.event.id, first.event.id, sample.name);
      }
    }
  },

  "different deliveries have different keys": async (trial) => {
    const keys = new Map<string, string>();
    for (const sample of trial.options.samples) {
      const reading = await readGenuine(trial.provider, attemptOf(trial, sample, 0));
      for (const key of await keysOf(trial.provider, reading)) {
        assert.equal(keys.get(key), undefined, `${sample.name} has the key of ${keys.get(key)}`);
        keys.set(key, sample.name);
      }
    }
  },

  "a body that is no JSON object is refused as malformed": async ({ provider, genuine }) => {
    const bodies = {
      "not-utf8": Uint8Array.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
      "not-json": "{",
      "not-json, empty": "",
      "not-json, a byte order mark": "\ufeff{}",
      "not-an-object, a list": "[]",
      "not-an-object, null": "null",
      "not-an-object, a number": "1",
      "not-an-object, text": '"text"',
    };
    for (const [reason, body] of Object.entries(bodies)) {
      const request = genuine({ body });
      await assertVerified(provider, request);
      assert.deepEqual(
        provider.read(request),
        { ok: false, kind: "malformed", reason: reason.replace(/,.*/, "") },
        reason,
      );
    }
  },

  "signed content of unknown types and shapes is delivered": async (trial) => {
    for (const body of unknownBodies(trial)) await assertDelivered(trial, body);
  },

  "any signed JSON object is delivered": async (trial) => {
    const anyObject = fc.dictionary(fc.string({ unit: "binary", maxLength: 8 }), fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(anyObject, async (body) => assertDelivered(trial, body)),
      { numRuns: 100 },
    );
  },

  "members named __proto__ and constructor pollute nothing": async (trial) => {
    const [sample] = trial.options.samples;
    const hostile = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},';
    const body = hostile + JSON.stringify(sample.attempts[0]).slice(1);
    await assertDelivered(trial, body);
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  },

  "content nested 100,000 levels deep is answered": async ({ provider, genuine }) => {
    const body = `{"data":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    const request = genuine({ body });
    await assertVerified(provider, request);
    provider.read(request);
  },
};

async function assertDelivered(trial: Trial, body: object | string): Promise<void> {
  const reading = await readGenuine(trial.provider, trial.genuine({ body }));
  const { event, identity } = reading;
  assert.equal(event.provider, trial.provider.name);
  assert.equal(typeof event.id, "string");
  assert.equal(typeof event.type, "string");
  assert.equal(typeof event.known, "boolean");
  assert.ok(identity.length > 0, "an identity without parts is every delivery's");
  for (const part of identity) assert.ok(part === null || typeof part !== "object");
  const keys = await keysOf(trial.provider, reading);
  for (const key of keys) assert.match(key, /^[0-9a-f]{64}$/);
  assert.equal(new Set(keys).size, keys.length);
}

/** Each sample with each member, one and two levels deep, replaced by what does not belong there. */
function* unknownBodies({ options }: Trial): Generator<object> {
  const strange: readonly unknown[] = [
    null,
    true,
    7,
    -1e300,
    "",
    "strange",
    "id\u0000\r\n\ud800",
    "x".repeat(10_000),
    [],
    [null],
    {},
    // An object that no text can be made of.
    { toString: [], valueOf: null },
  ];
  yield {};
  for (const sample of options.samples) {
    const body = JSON.parse(new TextDecoder().decode(toBytes(sample.attempts[0]))) as Record<string, unknown>;
    for (const value of strange) {
      for (const name of Object.keys(body)) {
        yield { ...body, [name]: value };
        const inner = body[name];
        if (typeof inner !== "object" || inner === null) continue;
        for (const innerName of Object.keys(inner))
          yield { ...body, [name]: { ...inner, [innerName]: value } };
      }
    }
  }
}
