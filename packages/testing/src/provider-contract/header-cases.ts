import assert from "node:assert/strict";
import type { HeaderSource } from "@latchhook/core";
import {
  assertUnauthentic,
  assertVerified,
  attemptOf,
  keysOf,
  type PlainRequest,
  type TrialBody,
  withHeader,
} from "./trial.ts";

/** How headers arrive, and what those that are not signed may change. */
export const headerCases: Readonly<Record<string, TrialBody>> = {
  "a genuine request passes precheck, and verifies in every shape of headers": async ({
    provider,
    genuine,
  }) => {
    const request = genuine();
    for (const [shape, headers] of Object.entries(shapesOf(request))) {
      const { body, receivedAt } = request;
      assert.equal(provider.precheck({ headers, receivedAt }), undefined, shape);
      await assertVerified(provider, { headers, body, receivedAt });
      assert.equal(provider.read({ headers, body, receivedAt }).ok, true, shape);
    }
  },

  "a required header that is absent or blank is refused, by precheck too": async (trial) => {
    const { options, provider, genuine } = trial;
    const request = genuine();
    for (const name of options.requiredHeaders) {
      for (const value of [undefined, "", " ", "\t"]) {
        const changed = withHeader(request, name, value);
        const refusal = await assertUnauthentic(provider, changed, `${name}: ${JSON.stringify(value)}`);
        assert.deepEqual(provider.precheck(changed), refusal, `${name}: ${JSON.stringify(value)}`);
      }
    }
  },

  "junk in a required header is refused": async ({ options, provider, genuine }) => {
    const request = genuine();
    for (const name of options.requiredHeaders) {
      for (const value of [
        "undefined",
        "null",
        ",",
        "\u0130".repeat(64),
        "日本",
        "\ud83d\ude00",
        "é",
        "0".repeat(15_000),
      ]) {
        await assertUnauthentic(provider, withHeader(request, name, value), `${name}: ${value.slice(0, 80)}`);
      }
    }
  },

  "a required header with white space or junk around its value is refused": async (trial) => {
    const { options, provider, genuine } = trial;
    const request = genuine();
    for (const name of options.requiredHeaders) {
      if (options.listHeaders?.includes(name)) continue;
      const value = request.headers[name] as string;
      for (const changed of [` ${value}`, `${value} `, `${value}0`, `0${value}`, `${value}, ${value}`]) {
        await assertUnauthentic(provider, withHeader(request, name, changed), `${name}: ${changed}`);
      }
    }
  },

  "a required header in two lines is refused, unless it is a list": async ({
    options,
    provider,
    genuine,
  }) => {
    const request = genuine();
    for (const name of options.requiredHeaders) {
      if (options.listHeaders?.includes(name)) continue;
      const value = request.headers[name] as string;
      const record = { ...request.headers, [name]: [value, value] };
      await assertUnauthentic(provider, { ...request, headers: record }, `${name} twice, as a record`);
      const headers = new Headers(request.headers);
      headers.append(name, value);
      await assertUnauthentic(provider, { ...request, headers }, `${name} twice, as Headers`);
    }
  },

  "a header that is not signed changes nothing, or is refused": async (trial) => {
    const { options, provider } = trial;
    for (const sample of options.samples) {
      const request = attemptOf(trial, sample, 0);
      const expected = await outcomeOf(trial, request);
      for (const name of Object.keys(request.headers)) {
        for (const value of [undefined, "", "forged", "1", "video.completed", `${request.headers[name]}x`]) {
          const changed = withHeader(request, name, value);
          const verified = await provider.verify(changed);
          if (!verified.ok || !provider.read(changed).ok) continue;
          assert.deepEqual(await outcomeOf(trial, changed), expected, `${sample.name}, ${name}: ${value}`);
        }
      }
    }
  },
};

function shapesOf({ headers }: PlainRequest): Readonly<Record<string, HeaderSource>> {
  const entries = Object.entries(headers);
  const titleCase = (name: string): string => name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
  return {
    "a record": headers,
    "a Headers": new Headers(headers),
    "lists of one value": Object.fromEntries(entries.map(([name, value]) => [name, [value]])),
    "upper-case names": Object.fromEntries(entries.map(([name, value]) => [name.toUpperCase(), value])),
    "title-case names": Object.fromEntries(entries.map(([name, value]) => [titleCase(name), value])),
    "without a prototype": Object.assign(Object.create(null), headers) as Record<string, string>,
  };
}

/** What a delivery comes to: its event and the key it is claimed under. */
async function outcomeOf(
  { provider }: Parameters<TrialBody>[0],
  request: PlainRequest,
): Promise<readonly unknown[]> {
  const reading = provider.read(request);
  assert.ok(reading.ok);
  const [key] = await keysOf(provider, reading);
  return [key, reading.event];
}
