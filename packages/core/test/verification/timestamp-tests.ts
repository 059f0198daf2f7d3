import { describe, expect, it, vi } from "vitest";
import { type Dialect, timestampedDialects, withHeader } from "../support/dialects.ts";
import { expectProcessed, expectRefused, trialReceiver } from "../support/trial-receiver.ts";

const now = 1_790_000_000;

const malformed: Readonly<Record<string, string>> = {
  NaN: "NaN",
  text: "abc",
  Infinity: "Infinity",
  exponent: "1e9",
  "exponent of the right size": "1.79e9",
  hexadecimal: "0x6A2B",
  "hexadecimal of the right size": "0x6ab13b80",
  underscore: "1_7",
  "underscore in ten characters": "17900_0000",
  plus: `+${now}`,
  "plus in ten characters": `+${String(now).slice(1)}`,
  minus: `-${now}`,
  fraction: `${now}.0`,
  "trailing text": `${now}abc`,
  "leading zero": `0${now}`,
  "leading zero in ten characters": "0790000000",
  "leading space": ` ${now}`,
  "trailing space": `${now} `,
  "inner space": "17900 0000",
  tab: "17900\t0000",
  "13 digits": `${now}000`,
  "9 digits": String(now).slice(0, -1),
  "11 digits": `${now}0`,
  ISO: new Date(now * 1000).toISOString(),
  "400 digits": "1".repeat(400),
  "Arabic digits": "١٧٩٠٠٠٠٠٠٠",
  "full-width digits": "１７９０００００００",
  "digits that fold": [...String(now)]
    .map((digit) => String.fromCharCode(digit.charCodeAt(0) + 0x100))
    .join(""),
  "two joined": `${now}, ${now}`,
};

/** Acceptance group C, over whichever crypto is in place. */
export function timestampTests(): void {
  describe.each(timestampedDialects)("timestamp of $name", (dialect) => {
    const header = dialect.timestampHeader as string;
    const make = (toleranceSeconds?: number) =>
      trialReceiver(
        dialect.makeProvider({
          secret: dialect.secrets[0],
          ...(toleranceSeconds ? { toleranceSeconds } : {}),
        }),
      );
    const genuine = () => dialect.sign({ timestamp: now });

    it.each([undefined, "", " "])("C32 missing, empty, blank: %j → 401", async (value) => {
      await atNow(0, async () => {
        const trial = make();
        expectRefused(trial, await trial.post(withHeader(genuine(), header, value)), 401, "C32");
      });
    });

    it.each([
      [0, 200],
      [299_999, 200],
      [300_000, 200],
      // The clock has whole seconds here, as the timestamp does: 300.999 s is not yet 301 s.
      [300_999, 200],
      [301_000, 401],
      [86_400_000, 401],
      [-299_000, 200],
      [-300_000, 200],
      [-301_000, 401],
      [-86_400_000, 401],
    ])("C33 received %i ms after it was signed → %i", async (ageMs, status) => {
      await atNow(ageMs, () => expectStatus(make(), status));
    });

    it.each([
      [10, 10_000, 200],
      [10, 11_000, 401],
      [3_600, 3_600_000, 200],
      [3_600, 3_601_000, 401],
      [3_600, -3_601_000, 401],
    ])("C33 with a tolerance of %i s, received %i ms after → %i", async (tolerance, ageMs, status) => {
      await atNow(ageMs, () => expectStatus(make(tolerance), status));
    });

    it.each(Object.entries(malformed))("C34 %s, signed as it is → 401", async (what, timestamp) => {
      await atNow(0, async () => {
        const trial = make();
        expectRefused(trial, await trial.post(dialect.sign({ timestamp })), 401, what);
        expect(trial.outcomes[0]?.reason).toBe("malformed-timestamp");
      });
    });

    it("C35 a duplicated header → 401", async () => {
      await atNow(0, async () => {
        const request = genuine();
        const value = request.headers[header] as string;
        const record = { ...request.headers, [header]: [value, value] };
        const headers = new Headers(request.headers);
        headers.append(header, value);
        for (const doubled of [record, headers]) {
          const trial = make();
          expectRefused(trial, await trial.post({ ...request, headers: doubled }), 401, "C35");
        }
      });
    });

    async function expectStatus(trial: ReturnType<typeof make>, status: number): Promise<void> {
      const answer = await trial.post(genuine());
      if (status === 200) expectProcessed(answer, "C33");
      else expectRefused(trial, answer, status, "C33");
    }

    toleranceTests(dialect);
  });
}

function toleranceTests(dialect: Dialect): void {
  const bad = [0, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, "300", {}, true, 300n];

  it.each(bad)("C36 a tolerance of %s → throws at construction", (toleranceSeconds) => {
    const [secret] = dialect.secrets;
    const make = () => dialect.makeProvider({ secret, toleranceSeconds: toleranceSeconds as number });
    expect(make).toThrow(expect.objectContaining({ code: "invalid-option" }));
    expect(make).toThrow(/toleranceSeconds/);
  });
}

/** Runs with the clock standing `ageMs` after the moment of signing. */
async function atNow(ageMs: number, run: () => Promise<void>): Promise<void> {
  vi.useFakeTimers({ toFake: ["Date"], now: now * 1000 + ageMs });
  try {
    await run();
  } finally {
    vi.useRealTimers();
  }
}
