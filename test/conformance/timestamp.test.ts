import type { WireRequest } from "@latchhook/testing/wire";
import { expect, it } from "vitest";
import { type Sender, timestampedSenders, unixSeconds } from "./support/senders.ts";
import {
  type Answer,
  describeApps,
  expectAnswer,
  type Forge,
  refusals,
  runTable,
  type Subject,
} from "./support/table.ts";
import { headerOf, withHeader } from "./support/wire.ts";

const withTimestamp = (sender: Sender, request: WireRequest, ...lines: readonly string[]): WireRequest =>
  withHeader(request, sender.timestampHeader ?? "", ...lines);

/** Text that some parser takes for a time. White space at the ends is left out: HTTP strips it. */
function malformedTimestamps(): string[] {
  const now = String(unixSeconds());
  return [
    ...[
      "NaN",
      "abc",
      "Infinity",
      "-Infinity",
      "null",
      "undefined",
      "true",
      "0",
      "1e9",
      "1.8e9",
      "0x6A2B",
      "1_7",
    ],
    ...[`0x${unixSeconds().toString(16)}`, `0b${"1".repeat(31)}`, `${now.slice(0, 5)}_${now.slice(5)}`],
    ...[
      `+${now}`,
      `-${now}`,
      `${now}.0`,
      `${now}.`,
      `${now}abc`,
      `${now}s`,
      `${now}n`,
      `"${now}"`,
      `[${now}]`,
    ],
    ...[`0${now}`, `00${now}`, `${now.slice(0, 5)} ${now.slice(5)}`, `${now.slice(0, 5)}\t${now.slice(5)}`],
    ...[`${now}000`, `${now}0`, now.slice(0, -1), new Date().toISOString(), new Date().toUTCString()],
    ...[
      "1".repeat(400),
      `${now},${now}`,
      `${now}, ${now}`,
      `${now};`,
      `t=${now}`,
      `${now}\u00a0`,
      `${now}\u0085`,
    ],
    // Arabic and full-width digits, and letters that fold to digits where the high byte is dropped.
    ...[0x660, 0xff10, 0x130].map((zero) =>
      [...now].map((digit) => String.fromCodePoint(zero + Number(digit))).join(""),
    ),
  ];
}

const forged: Readonly<Record<string, Forge>> = {
  "C32 missing, empty": (sender, genuine) => [
    withTimestamp(sender, genuine),
    withTimestamp(sender, genuine, ""),
    withTimestamp(sender, genuine, " "),
    withTimestamp(sender, sender.sign({ timestamp: "" }), ""),
  ],
  "C33 stale, or far in the future": (sender) =>
    // A future one comes nearer on its way here, hence the margin.
    [-301, -302, -3_600, -86_400, -1_000_000_000, 310, 3_600, 86_400, 1_000_000_000].map((offset) =>
      sender.sign({ timestamp: unixSeconds() + offset }),
    ),
  "C33 another time than the signed one": (sender, genuine) =>
    [-1, 1, 60].map((offset) => withTimestamp(sender, genuine, String(unixSeconds() + offset + 5))),
  "C34 not Unix seconds in ten digits, signed as it is": (sender) =>
    malformedTimestamps().map((timestamp) => signAsSent(sender, timestamp)),
  "C35 a header that comes twice": (sender, genuine) => {
    const value = headerOf(genuine, sender.timestampHeader ?? "");
    return [
      withTimestamp(sender, genuine, value, value),
      withTimestamp(sender, genuine, value, String(unixSeconds() + 1)),
      withTimestamp(sender, genuine, "", value),
    ];
  },
};

/** Signed over the very text that the receiver gets to see: a server reads header bytes as Latin-1. */
function signAsSent(sender: Sender, timestamp: string): WireRequest {
  const seen = /[^\0-\xff]/.test(timestamp) ? Buffer.from(timestamp).toString("latin1") : timestamp;
  return sender.sign({ timestamp: seen });
}

/**
 * What is sent within one second of the clock is exactly as old as it says when it arrives. Sends until that was so,
 * always a delivery of its own.
 */
async function expectAtAge(
  subject: Subject,
  sender: Sender,
  ageSeconds: number,
  answer: Answer,
): Promise<void> {
  for (;;) {
    const second = unixSeconds();
    const response = await subject.send(sender.sign({ timestamp: second - ageSeconds }));
    if (unixSeconds() === second) return expectAnswer(response, answer, `${ageSeconds} s old`);
  }
}

describeApps("C timestamp", (subject) => {
  runTable(subject, refusals("unauthentic", timestampedSenders, forged));

  it.each(timestampedSenders.map((sender) => [sender.name, sender] as const))(
    "C33 300 s to either side → 200, 301 s → 401 (%s)",
    async (_name, sender) => {
      const before = await subject().app.events();
      await expectAtAge(subject(), sender, 301, "unauthentic");
      await expectAtAge(subject(), sender, -301, "unauthentic");
      expect(await subject().app.events()).toEqual(before);
      await expectAtAge(subject(), sender, 300, "processed");
      await expectAtAge(subject(), sender, -300, "processed");
      expect((await subject().app.events()).length).toBeGreaterThanOrEqual(before.length + 2);
    },
  );
});
