import assert from "node:assert/strict";
import fc from "fast-check";
import {
  assertUnauthentic,
  assertVerified,
  type Trial,
  type TrialBody,
  toBytes,
  withHeader,
} from "./trial.ts";

/** Signature, secrets, freshness: what `verify` accepts and refuses. */
export const verificationCases: Readonly<Record<string, TrialBody>> = {
  "every vector verifies, and none with a byte more": async ({ options }) => {
    for (const { name, secret, headers, body, receivedAt } of options.vectors ?? []) {
      const provider = options.provider(secret);
      const bytes = toBytes(body);
      await assertVerified(provider, { headers, body: bytes, receivedAt });
      const longer = Uint8Array.from([...bytes, 0x0a]);
      await assertUnauthentic(provider, { headers, body: longer, receivedAt }, `${name}, a byte more`);
    }
  },

  "a body with any one bit flipped is refused": async ({ provider, genuine }) => {
    const request = genuine();
    for (let bit = 0; bit < request.body.length * 8; bit++) {
      const body = request.body.slice();
      body[bit >> 3] = (body[bit >> 3] as number) ^ (1 << (bit & 7));
      await assertUnauthentic(provider, { ...request, body }, `bit ${bit} of the body`);
    }
  },

  "a body that a parser would take for the same is refused": async ({ provider, genuine }) => {
    const request = genuine();
    const text = new TextDecoder().decode(request.body);
    const variants = {
      "a byte order mark": `\ufeff${text}`,
      "a line feed at the end": `${text}\n`,
      "pretty-printed": JSON.stringify(JSON.parse(text), null, 2),
      "cut by one byte": text.slice(0, -1),
      nothing: "",
    };
    for (const [what, body] of Object.entries(variants)) {
      await assertUnauthentic(provider, { ...request, body: toBytes(body) }, what);
    }
  },

  "a required header with any one bit flipped is refused": async ({ options, provider, genuine }) => {
    const request = genuine();
    for (const name of options.requiredHeaders) {
      const value = request.headers[name];
      assert.ok(value !== undefined, `sign gives no ${name}`);
      const sameInEitherCase = options.caseInsensitiveHeaders?.includes(name) === true;
      for (let bit = 0; bit < value.length * 8; bit++) {
        const flipped = flipBit(value, bit);
        if (sameInEitherCase && flipped.toLowerCase() === value.toLowerCase()) continue;
        await assertUnauthentic(provider, withHeader(request, name, flipped), `bit ${bit} of ${name}`);
      }
    }
  },

  "another secret is refused": async ({ options, provider, genuine }) => {
    const [, other] = options.secrets;
    const refusal = await assertUnauthentic(provider, genuine({ secret: other }), "another secret");
    assert.equal(refusal.reason, "signature-mismatch");
  },

  "several secrets are tried, and the one that matched is named by its index": async ({
    options,
    genuine,
  }) => {
    const [first, second] = options.secrets;
    const rotating = options.provider([first, second]);
    await assertVerified(rotating, genuine({ secret: first }), 0);
    await assertVerified(rotating, genuine({ secret: second }), 1);
    const rotated = options.provider([second]);
    await assertUnauthentic(rotated, genuine({ secret: first }), "the old secret after the rotation");
  },

  "a secret function is asked with the request, and may be asynchronous": async ({ options, genuine }) => {
    const request = genuine();
    const seen: unknown[] = [];
    const provider = options.provider(async ({ headers, body }) => {
      seen.push(headers, body);
      return options.secrets[0];
    });
    await assertVerified(provider, request);
    assert.deepEqual(seen, [request.headers, request.body]);
    await assertUnauthentic(provider, genuine({ secret: options.secrets[1] }), "another secret");
  },

  "a signed timestamp is believed within the tolerance, both ways": async ({
    options,
    provider,
    genuine,
  }) => {
    const { toleranceSeconds = 300 } = options;
    if (toleranceSeconds === null) return;
    for (const sign of [1, -1]) {
      const [edge, beyond] = [sign * toleranceSeconds, sign * (toleranceSeconds + 1)];
      await assertVerified(provider, genuine({ ageSeconds: edge }));
      await assertUnauthentic(provider, genuine({ ageSeconds: beyond }), `${beyond} s old`);
    }
  },

  "any bytes that are signed verify": async ({ provider, genuine }) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 512 }), async (body) => {
        await assertVerified(provider, genuine({ body }));
      }),
      { numRuns: 50 },
    );
  },

  "nothing that a sender sends makes verify, precheck or read throw": async (trial) => {
    await fc.assert(
      fc.asyncProperty(hostileHeaders(trial), fc.uint8Array({ maxLength: 64 }), async (changes, body) => {
        const { provider } = trial;
        const request = trial.genuine();
        const headers = { ...request.headers, ...changes };
        const { receivedAt } = request;
        provider.precheck({ headers, receivedAt });
        await provider.verify({ headers, body, receivedAt });
        await provider.verify({ headers, body: request.body, receivedAt });
        provider.read({ headers, body, receivedAt });
      }),
      { numRuns: 200 },
    );
  },
};

function flipBit(text: string, bit: number): string {
  const index = bit >> 3;
  const flipped = String.fromCharCode(text.charCodeAt(index) ^ (1 << (bit & 7)));
  return text.slice(0, index) + flipped + text.slice(index + 1);
}

/** Any text, and lists of it, in the headers that the sender sends. */
function hostileHeaders({ genuine }: Trial): fc.Arbitrary<Record<string, string | string[]>> {
  const value = fc.oneof(
    fc.string({ unit: "binary", maxLength: 100 }),
    fc.string({ unit: fc.constantFrom("a", "0", "v1,", "sha256=", " ", ",", ".", "=", "\u0130", "\ud83d") }),
  );
  const names = Object.keys(genuine().headers);
  return fc.dictionary(fc.constantFrom(...names), fc.oneof(value, fc.array(value, { maxLength: 3 })));
}
