import type { HeaderSource, Provider } from "@latchhook/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Dialect, dialects, flipBit, type PlainRequest, withHeader } from "../support/dialects.ts";

const anyBody = fc.uint8Array({ maxLength: 2_000 });
const anyText = fc.string({ unit: "binary", maxLength: 200 });

/** The same headers in each form that adapters hand over. */
const anyShape: fc.Arbitrary<(headers: Record<string, string>) => HeaderSource> = fc.constantFrom(
  (headers) => headers,
  (headers) => new Headers(headers),
  (headers) => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
  (headers) =>
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value])),
);

/** Properties of `verify`, over whichever crypto is in place. */
export function propertyTests(numRuns: number): void {
  describe.each(dialects)("properties of $name", (dialect) => {
    const provider = dialect.makeProvider({ secret: dialect.secrets[0] });

    it("any signed bytes verify, in every shape of headers", async () => {
      const property = fc.asyncProperty(anyBody, anyShape, async (body, shape) => {
        const request = dialect.sign({ body });
        const headers = shape(request.headers);
        expect(provider.precheck({ headers })).toBeUndefined();
        expect(await provider.verify({ headers, body })).toEqual({ ok: true, secretIndex: 0 });
      });
      await fc.assert(property, { numRuns });
    });

    it("any secret that is accepted verifies what it signed", async () => {
      const property = fc.asyncProperty(anySecret(dialect), anyBody, async (secret, body) => {
        const request = dialect.sign({ secret, body });
        expect(await dialect.makeProvider({ secret }).verify(request)).toMatchObject({ ok: true });
      });
      await fc.assert(property, { numRuns });
    });

    it("any changed bit of body, signature or timestamp is refused", async () => {
      const property = fc.asyncProperty(anyBody, fc.nat(), anyShape, async (body, seed, shape) => {
        const genuine = dialect.sign({ body });
        for (const changed of changes(dialect, genuine, seed)) {
          const headers = shape === undefined ? changed.headers : shapeSafely(shape, changed.headers);
          await expectRefusal(provider, { headers, body: changed.body });
        }
      });
      await fc.assert(property, { numRuns });
    });

    it("any other secret is refused", async () => {
      const property = fc.asyncProperty(anySecret(dialect), anySecret(dialect), async (one, other) => {
        fc.pre(!isSameKey(dialect, one, other));
        await expectRefusal(dialect.makeProvider({ secret: other }), dialect.sign({ secret: one }));
      });
      await fc.assert(property, { numRuns });
    });

    it("any bytes appended, prepended or cut off are refused", async () => {
      const property = fc.asyncProperty(
        anyBody,
        fc.uint8Array({ minLength: 1, maxLength: 20 }),
        async (body, extra) => {
          const genuine = dialect.sign({ body });
          await expectRefusal(provider, { ...genuine, body: Buffer.concat([body, extra]) });
          await expectRefusal(provider, { ...genuine, body: Buffer.concat([extra, body]) });
          if (body.length > 0) await expectRefusal(provider, { ...genuine, body: body.subarray(1) });
        },
      );
      await fc.assert(property, { numRuns });
    });

    it("nothing throws, and precheck agrees with verify, whatever the headers hold", async () => {
      const value = fc.oneof(anyText, fc.array(anyText, { maxLength: 3 }), fc.constant(undefined));
      const names = [...Object.keys(dialect.sign().headers), "webhook-id", "__proto__", "constructor", "get"];
      const anyHeaders = fc.dictionary(fc.constantFrom(...names), value);
      const property = fc.asyncProperty(anyHeaders, fc.boolean(), anyBody, async (odd, mixed, body) => {
        const headers = mixed ? { ...dialect.sign({ body }).headers, ...odd } : odd;
        const early = provider.precheck({ headers });
        const result = await provider.verify({ headers, body });
        if (early !== undefined) expect(result).toEqual(early);
        const reading = provider.read({ headers, body });
        expect(typeof reading.ok).toBe("boolean");
      });
      await fc.assert(property, { numRuns });
    });
  });
}

/** The request with one bit of the body, the signature, the timestamp and the id flipped in turn. */
function* changes(dialect: Dialect, genuine: PlainRequest, seed: number): Generator<PlainRequest> {
  if (genuine.body.length > 0) {
    const body = genuine.body.slice();
    const bit = seed % (body.length * 8);
    body[bit >> 3] = (body[bit >> 3] as number) ^ (1 << (bit & 7));
    yield { ...genuine, body };
  }
  for (const name of [dialect.signatureHeader, dialect.timestampHeader, "webhook-id"]) {
    const value = genuine.headers[name ?? ""];
    if (name === undefined || value === undefined) continue;
    const flipped = flipBit(value, seed % (value.length * 8));
    const caseOnly = dialect.encoding === "hex" && flipped.toLowerCase() === value.toLowerCase();
    if (!caseOnly) yield withHeader(genuine, name, flipped);
  }
}

/** A Headers refuses what no HTTP message can hold; such a value can only come in a record. */
function shapeSafely(
  shape: (headers: Record<string, string>) => HeaderSource,
  headers: Record<string, string>,
): HeaderSource {
  try {
    return shape(headers);
  } catch {
    return headers;
  }
}

function anySecret({ prefix }: Dialect): fc.Arbitrary<string> {
  if (prefix === "v1,") {
    return fc
      .uint8Array({ minLength: 16, maxLength: 64 })
      .map((bytes) => `whsec_${Buffer.from(bytes).toString("base64")}`);
  }
  return fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 80 })
    .filter((text) => text.trim() === text && !["undefined", "null", "whsec_"].includes(text));
}

/** Whether two secrets are one HMAC key: shorter ones are filled up with zeros (RFC 2104). */
function isSameKey(dialect: Dialect, one: string, other: string): boolean {
  const [first, second] = [one, other].map((secret) =>
    Buffer.concat([dialect.key(secret), Buffer.alloc(64)]),
  );
  return first?.subarray(0, 64).equals(second?.subarray(0, 64) ?? Buffer.alloc(0)) === true;
}

async function expectRefusal(provider: Provider, request: Parameters<Provider["verify"]>[0]): Promise<void> {
  expect(await provider.verify(request)).toMatchObject({ ok: false, kind: "unauthentic" });
}
