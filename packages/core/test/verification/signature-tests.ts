import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  type Dialect,
  dialects,
  digestIn,
  digestOf,
  flipBit,
  hexDialects,
  hmacOf,
  type PlainRequest,
  timestampedDialects,
  withHeader,
  withSignature,
} from "../support/dialects.ts";
import { expectProcessed, expectRefused, trialReceiver } from "../support/trial-receiver.ts";

/** Signatures that must be refused, by what is wrong with them. */
type Forgeries = (dialect: Dialect, genuine: PlainRequest) => Iterable<string>;

const refusedEverywhere: Readonly<Record<string, Forgeries>> = {
  "A1 empty, blank": () => ["", " ", "\t", "   "],
  "A2 every proper prefix of the right signature": function* (dialect, genuine) {
    const value = genuine.headers[dialect.signatureHeader] as string;
    for (let length = 0; length < value.length; length++) yield value.slice(0, length);
  },
  "A3 one digit more, trailing junk": (dialect, genuine) => {
    const value = genuine.headers[dialect.signatureHeader];
    const tails = ["0", "00", "a", "=", "==", "\0", "\n", "zz", ";", ",", "%00", "?", "\u00e9"];
    return tails.filter((tail) => dialect.prefix !== "v1," || tail !== ",").map((tail) => value + tail);
  },
  "A4 white space inside": function* (dialect, genuine) {
    const digest = digestIn(dialect, genuine);
    for (const space of [" ", "\t", "\n", "\u00a0"]) {
      for (const index of [1, 20, digest.length - 1]) {
        yield dialect.prefix + digest.slice(0, index) + space + digest.slice(index);
      }
    }
  },
  "A6 the right length, but not the alphabet": (dialect, genuine) => {
    const { length } = digestIn(dialect, genuine);
    return ["g", "-", "!", "_", "\u00ff", "\uff10"].map(
      (character) => dialect.prefix + character.repeat(length),
    );
  },
  "A7 a plain SHA-256 in place of the HMAC": (dialect, { body, headers }) => {
    const timestamp = headers[dialect.timestampHeader ?? ""] ?? "";
    return [
      dialect.prefix + digestOf(dialect, body),
      dialect.prefix + digestOf(dialect, `${timestamp}.`, body),
      dialect.prefix + digestOf(dialect, dialect.key(dialect.secrets[0]), body),
    ];
  },
  "A10 another prefix, a doubled one, or none": (dialect, genuine) => {
    const digest = digestIn(dialect, genuine);
    const prefixes = [
      "",
      "sha256=",
      "SHA256=",
      "Sha256=",
      "sha256:",
      "sha1=",
      "sha512=",
      "v0=",
      "v1=",
      "v1,",
      "V1,",
    ];
    const others = prefixes.filter((prefix) => prefix !== dialect.prefix).map((prefix) => prefix + digest);
    const doubled = dialect.prefix === "" ? [] : [dialect.prefix + dialect.prefix + digest];
    return [...others, ...doubled, `"${dialect.prefix}${digest}"`];
  },
  "A11 the other encoding of the right digest": (dialect, genuine) => {
    const bytes = Buffer.from(digestIn(dialect, genuine), dialect.encoding);
    const others = ["hex", "base64", "base64url", "latin1"] as const;
    return others
      .filter((encoding) => encoding !== dialect.encoding)
      .map((encoding) => dialect.prefix + bytes.toString(encoding));
  },
  "A15 Latin-1, emoji, full-width digits": () => ["é".repeat(64), "🌅".repeat(32), "０".repeat(64), "\ud83d"],
  "A16 15 kB of signature; digits that a lenient decoder folds": (dialect, genuine) => {
    const digest = digestIn(dialect, genuine);
    const folded = [...digest]
      .map((character) => String.fromCharCode(character.charCodeAt(0) + 0x100))
      .join("");
    return [
      dialect.prefix + "a".repeat(15_000),
      dialect.prefix + folded,
      dialect.prefix + "\u0130".repeat(64),
    ];
  },
};

const refusedInHex: Readonly<Record<string, Forgeries>> = {
  "A13 a comma list": (dialect, genuine) => {
    const right = genuine.headers[dialect.signatureHeader];
    const wrong = dialect.prefix + "0".repeat(64);
    return [
      `${right},${wrong}`,
      `${wrong},${right}`,
      `${right},${right}`,
      `${right} ${right}`,
      `${right};${right}`,
    ];
  },
};

const refusedWithTimestamp: Readonly<Record<string, Forgeries>> = {
  "A8 an HMAC of the body alone": (dialect, { body }) => [dialect.prefix + hmacOf(dialect, body)],
  "A9 body and timestamp swapped, or joined otherwise": (dialect, { body, headers }) => {
    const timestamp = headers[dialect.timestampHeader ?? ""] as string;
    const id = headers["webhook-id"] ?? "";
    const forms = [
      hmacOf(dialect, body, ".", timestamp),
      hmacOf(dialect, timestamp, body),
      hmacOf(dialect, timestamp, ",", body),
      hmacOf(dialect, timestamp, "..", body),
      hmacOf(dialect, timestamp, ".", id, ".", body),
    ];
    return forms.map((digest) => dialect.prefix + digest);
  },
};

/** Acceptance group A, over whichever crypto is in place. */
export function signatureTests(): void {
  describe.each(dialects)("signature of $name", (dialect) => {
    const tables = {
      ...refusedEverywhere,
      ...(hexDialects.includes(dialect) ? refusedInHex : {}),
      ...(timestampedDialects.includes(dialect) ? refusedWithTimestamp : {}),
    };
    for (const [name, forgeries] of Object.entries(tables)) {
      it(`${name} → 401`, async () => {
        const genuine = dialect.sign();
        for (const value of forgeries(dialect, genuine)) {
          await expect401(
            dialect,
            withSignature(dialect, genuine, value),
            JSON.stringify(value.slice(0, 100)),
          );
        }
      });
    }
    missingTests(dialect);
    lineTests(dialect);
    secretTests(dialect);
    bitTests(dialect);
  });
  caseTests();
  familyTests();
}

function missingTests(dialect: Dialect): void {
  it("A1 missing → 401", async () => {
    await expect401(dialect, withHeader(dialect.sign(), dialect.signatureHeader, undefined), "missing");
  });

  it("A1 no headers at all → 401", async () => {
    await expect401(dialect, { ...dialect.sign(), headers: {} }, "no headers");
  });
}

function lineTests(dialect: Dialect): void {
  // A Standard Webhooks signature is a list, so several lines are one longer list.
  const several = dialect.prefix === "v1," ? 200 : 401;

  it(`A12 two header lines, good + bad and bad + good → ${several}`, async () => {
    const genuine = dialect.sign();
    const right = genuine.headers[dialect.signatureHeader] as string;
    const wrong = dialect.prefix + hmacOf(dialect, "something else");
    for (const lines of [
      [right, wrong],
      [wrong, right],
      [right, right],
    ]) {
      const headers = new Headers(withHeader(genuine, dialect.signatureHeader, undefined).headers);
      for (const line of lines) headers.append(dialect.signatureHeader, line);
      await expectStatus(dialect, { ...genuine, headers }, several, "lines of a Headers");
      const record = { ...genuine.headers, [dialect.signatureHeader]: lines };
      await expectStatus(dialect, { ...genuine, headers: record }, several, "lines of a record");
    }
  });

  it("A12 two header lines, both bad → 401", async () => {
    const genuine = dialect.sign();
    const wrong = dialect.prefix + hmacOf(dialect, "something else");
    const headers = { ...genuine.headers, [dialect.signatureHeader]: [wrong, wrong] };
    await expectStatus(dialect, { ...genuine, headers }, 401, "both bad");
  });

  it(`A14 an array of one value → 200, of several → ${several}, of none → 401`, async () => {
    const genuine = dialect.sign();
    const arrays = Object.entries(genuine.headers).map(([name, value]) => [name, [value]] as const);
    await expectStatus(dialect, { ...genuine, headers: Object.fromEntries(arrays) }, 200, "arrays of one");
    const none = { ...genuine.headers, [dialect.signatureHeader]: [] };
    await expectStatus(dialect, { ...genuine, headers: none }, 401, "an empty array");
  });
}

function secretTests(dialect: Dialect): void {
  it("A18 the old secret during rotation → 200, afterwards 401", async () => {
    const [old, next] = dialect.secrets;
    const during = trialReceiver(dialect.makeProvider({ secret: [next, old] }));
    expectProcessed(await during.post(dialect.sign({ secret: old })), "the old secret");
    expect(during.outcomes[0]?.secretIndex).toBe(1);
    const after = trialReceiver(dialect.makeProvider({ secret: next }));
    expectRefused(after, await after.post(dialect.sign({ secret: old })), 401, "the old secret afterwards");
  });

  it("A19 another provider's or tenant's secret → 401", async () => {
    const secrets = dialects
      .flatMap((other) => other.secrets)
      .filter((secret) => secret !== dialect.secrets[0]);
    for (const secret of secrets) await expect401(dialect, dialect.sign({ secret }), "another's secret");
  });

  it("A19 a tenant's secret, found by the request, fits no other tenant", async () => {
    const [one, two] = dialect.secrets;
    const provider = dialect.makeProvider({
      secret: ({ headers }) =>
        new Headers(headers as Record<string, string>).get("x-tenant") === "one" ? one : two,
    });
    const asTenant = (tenant: string) => withHeader(dialect.sign({ secret: one }), "x-tenant", tenant);
    const trial = trialReceiver(provider);
    expectRefused(trial, await trial.post(asTenant("two")), 401, "another tenant");
    expectProcessed(await trial.post(asTenant("one")), "the tenant itself");
  });
}

function bitTests(dialect: Dialect): void {
  it("A17 each single bit of the signature flipped → 401", async () => {
    const genuine = dialect.sign();
    const value = genuine.headers[dialect.signatureHeader] as string;
    const trial = trialReceiver(dialect.makeProvider({ secret: dialect.secrets[0] }));
    for (let bit = 0; bit < value.length * 8; bit++) {
      const flipped = flipBit(value, bit);
      // In hex, the bit between a letter and its capital changes no digit.
      const digest = flipped.slice(dialect.prefix.length);
      if (dialect.encoding === "hex" && digest.toLowerCase() === digestIn(dialect, genuine)) {
        if (flipped.startsWith(dialect.prefix)) continue;
      }
      expectRefused(trial, await trial.post(withSignature(dialect, genuine, flipped)), 401, `bit ${bit}`);
    }
  });

  it("A17 each single bit of each byte of the digest, decoded and encoded again → 401", async () => {
    const genuine = dialect.sign();
    const right = Buffer.from(digestIn(dialect, genuine), dialect.encoding);
    for (let bit = 0; bit < right.length * 8; bit++) {
      const flipped = Buffer.from(right);
      flipped[bit >> 3] = right.readUInt8(bit >> 3) ^ (1 << (bit & 7));
      const value = dialect.prefix + flipped.toString(dialect.encoding);
      await expect401(dialect, withSignature(dialect, genuine, value), `bit ${bit}`);
    }
  });

  it("A21 odd header case → 200", async () => {
    const genuine = dialect.sign();
    const odd = (name: string): string =>
      [...name].map((letter, index) => (index % 2 ? letter.toUpperCase() : letter)).join("");
    for (const change of [odd, (name: string) => name.toUpperCase()]) {
      const headers = Object.fromEntries(
        Object.entries(genuine.headers).map(([name, value]) => [change(name), value]),
      );
      await expectStatus(dialect, { ...genuine, headers }, 200, "odd case");
    }
  });
}

function caseTests(): void {
  it.each(hexDialects)("A5 upper-case and mixed-case hex of $name → 200", async (dialect) => {
    const genuine = dialect.sign();
    const digest = digestIn(dialect, genuine);
    const mixed = [...digest].map((digit, index) => (index % 2 ? digit.toUpperCase() : digit)).join("");
    for (const spelling of [digest.toUpperCase(), mixed]) {
      const request = withSignature(dialect, genuine, dialect.prefix + spelling);
      await expectStatus(dialect, request, 200, spelling);
    }
  });
}

function familyTests(): void {
  const [aiStats, phaseo] = dialects as readonly [Dialect, Dialect];
  const suffixes = [
    "timestamp",
    "signature",
    "event-id",
    "event-type",
    "delivery-key",
    "attempt",
    "max-attempts",
  ];

  it("A20 both x-ai-stats-* and x-phaseo-*, both genuine → 401", async () => {
    const headers = { ...aiStats.sign().headers, ...phaseo.sign().headers };
    await expect401(aiStats, { ...aiStats.sign(), headers }, "both families");
  });

  it.each([
    [aiStats, "x-phaseo"],
    [phaseo, "x-ai-stats"],
  ] as const)(
    "A20 a genuine request with any one header of the other family → 401",
    async (dialect, other) => {
      for (const suffix of suffixes) {
        for (const value of ["", "1", createHash("sha256").digest("hex")]) {
          await expect401(dialect, withHeader(dialect.sign(), `${other}-${suffix}`, value), suffix);
        }
      }
    },
  );
}

async function expect401(dialect: Dialect, request: PlainRequest, what: string): Promise<void> {
  await expectStatus(dialect, request, 401, what);
}

async function expectStatus(
  dialect: Dialect,
  request: Parameters<ReturnType<typeof trialReceiver>["post"]>[0],
  status: number,
  what: string,
): Promise<void> {
  const trial = trialReceiver(dialect.makeProvider({ secret: dialect.secrets[0] }));
  const answer = await trial.post(request);
  if (status === 200) expectProcessed(answer, what);
  else expectRefused(trial, answer, status, what);
}
