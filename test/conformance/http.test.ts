import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import {
  chunked,
  counted,
  headOf,
  openConnection,
  type WireRequest,
  type WireResponse,
} from "@latchhook/testing/wire";
import { describe, expect, it } from "vitest";
import { newJobId, type Sender, senders } from "./support/senders.ts";
import { type Case, describeApps, expectAnswer, runTable, type Subject } from "./support/table.ts";
import { withHeader } from "./support/wire.ts";

const contentTypes = [
  "application/json; charset=utf-16",
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=none",
  "application/octet-stream",
  "text/x-component",
  "no type at all",
  "",
];

/** Headers of proxies, browsers and frameworks, none of which is signed. */
const strayHeaders: readonly (readonly [string, string])[] = [
  ["x-forwarded-proto", "http"],
  ["x-forwarded-host", "elsewhere.example.com"],
  ["origin", "https://elsewhere.example.com"],
  ["next-action", "0123456789abcdef0123456789abcdef01234567"],
  ["x-middleware-subrequest", "middleware:middleware:middleware"],
  ["x-http-method-override", "GET"],
  ["range", "bytes=0-1"],
  ["accept", "text/html"],
  ["cookie", "__prerender_bypass=1"],
  ["te", "trailers"],
];

const cases: readonly Case[] = [
  {
    name: "F59 a content encoding is refused, however it is signed; identity is none",
    senders,
    *steps(sender) {
      const bomb = gzipSync(new Uint8Array(5_000_000));
      for (const encoding of [
        "gzip",
        "br",
        "zstd",
        "deflate",
        "GZIP",
        "gzip, gzip",
        "identity, gzip",
        "x-none",
      ]) {
        yield ["unsupported encoding", withHeader(sender.sign({ body: bomb }), "content-encoding", encoding)];
      }
      yield ["processed", withHeader(sender.sign(), "content-encoding", "identity")];
      yield ["processed", withHeader(sender.sign(), "content-encoding", "Identity")];
    },
  },
  {
    name: "F60 any content type will do, or none",
    senders,
    *steps(sender) {
      yield ["processed", withHeader(sender.sign(), "content-type")];
      for (const type of contentTypes) {
        yield ["processed", withHeader(sender.sign(), "content-type", type), type];
        const genuine = sender.sign();
        const forged = { ...genuine, body: genuine.body.subarray(1) };
        yield ["unauthentic", withHeader(forged, "content-type", type), type];
      }
    },
  },
  {
    name: "F66 what is not signed changes nothing: a slash at the end, a query, headers of proxies and frameworks",
    senders,
    *steps(sender) {
      for (const suffix of ["/", "?", "?token=1&token=2", "/?x=%00"]) {
        const request = { ...sender.sign(), path: sender.path + suffix };
        yield ["processed", request, suffix];
        yield ["duplicate", { ...request, path: sender.path }, suffix];
      }
      for (const [name, value] of strayHeaders)
        yield ["processed", withHeader(sender.sign(), name, value), name];
    },
  },
];

/** A method that is not POST, and what Next.js answers to it by itself. */
const otherMethods = [
  ["GET", 405],
  ["HEAD", 405],
  ["PUT", 405],
  ["DELETE", 405],
  ["PATCH", 405],
  ["OPTIONS", 204],
] as const;

async function expectMethodRefused(subject: Subject, sender: Sender): Promise<void> {
  for (const [method, byNext] of otherMethods) {
    const genuine = { ...sender.sign(), method };
    const isBodiless = method === "GET" || method === "HEAD";
    const response = await subject.send(isBodiless ? { ...genuine, body: new Uint8Array() } : genuine);
    if (subject.name === "next") {
      expect([method, response?.status, response?.body]).toEqual([method, byNext, ""]);
    } else {
      const body = method === "HEAD" ? "" : '{"error":"method not allowed"}';
      expect([method, response?.status, response?.body]).toEqual([method, 405, body]);
      expect(response?.headers.get("allow")).toBe("POST");
    }
  }
}

interface BrokenFraming {
  readonly what: string;
  readonly framing: readonly string[];
  readonly body: (text: string) => string;
}

/** Framing of which two readers could make two requests, or of which the end never comes. */
function brokenFramings(length: number): readonly BrokenFraming[] {
  const declared = `Content-Length: ${length}`;
  const chunks = "Transfer-Encoding: chunked";
  const whole = (text: string) => text;
  const inChunks = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
  return [
    { what: "a length and chunks", framing: [declared, chunks], body: inChunks },
    { what: "two lengths", framing: [declared, "Content-Length: 5"], body: whole },
    { what: "a list of lengths", framing: [`${declared}, ${length}`], body: whole },
    { what: "a negative length", framing: ["Content-Length: -1"], body: whole },
    { what: "a length in hexadecimal", framing: ["Content-Length: 0x10"], body: whole },
    {
      what: "chunks that are not the last coding",
      framing: ["Transfer-Encoding: chunked, gzip"],
      body: inChunks,
    },
    { what: "a chunk size that is none", framing: [chunks], body: (text) => `zz\r\n${text}\r\n0\r\n\r\n` },
    {
      what: "a chunk that is longer than its size",
      framing: [chunks],
      body: (text) => `5\r\n${text}\r\n0\r\n\r\n`,
    },
    { what: "no last chunk", framing: [chunks], body: (text) => inChunks(text).slice(0, -5) },
    { what: "a body cut short", framing: [declared], body: (text) => text.slice(0, -1) },
    { what: "a line folded", framing: ["X-Folded: a\r\n b: c", declared], body: whole },
    { what: "NUL in a header", framing: ["X-Header: a\0b", declared], body: whole },
    { what: "a space before the colon", framing: [`Content-Length : ${length}`], body: whole },
  ];
}

async function expectBrokenFramingRefused(subject: Subject, sender: Sender): Promise<void> {
  const { length } = sender.sign().body;
  for (const { what, framing, body } of brokenFramings(length)) {
    const genuine = sender.sign();
    const text = body(Buffer.from(genuine.body).toString("latin1"));
    const adjusted = framing.map((line) => line.replaceAll(String(length), String(genuine.body.length)));
    const wire = await openConnection(subject.app.url);
    await wire.write(Buffer.concat([headOf(genuine, adjusted), Buffer.from(text, "latin1")]));
    wire.finish();
    const response = await wire.response();
    if (response !== undefined) expect([what, response.status]).toEqual([what, 400]);
    wire.destroy();
  }
}

/** Sends requests on one connection: each answered before the next, or all of them in one go. */
async function onOneConnection(
  subject: Subject,
  requests: readonly WireRequest[],
  pipelined: boolean,
): Promise<(WireResponse | undefined)[]> {
  const wire = await openConnection(subject.app.url);
  try {
    const responses: (WireResponse | undefined)[] = [];
    if (pipelined) await wire.write(Buffer.concat(requests.map((request) => counted(request))));
    for (const request of requests) {
      if (!pipelined) await wire.write(counted(request));
      responses.push(await wire.response());
    }
    return responses;
  } finally {
    wire.destroy();
  }
}

/** Runs `work` and fails unless it has added so many rows. */
async function expectRows(subject: Subject, rows: number, work: () => Promise<void>): Promise<void> {
  const before = (await subject.app.events()).length;
  await work();
  expect((await subject.app.events()).length - before).toBe(rows);
}

async function expectNothingCarriedOver(subject: Subject, sender: Sender, pipelined: boolean): Promise<void> {
  const [first, second, third] = [sender.sign(), sender.sign(), sender.sign()];
  const wrongBody = { ...first, body: second.body };
  const unsigned = withHeader(third, sender.signatureHeader);
  const requests = [first, wrongBody, unsigned, first, second];
  const responses = await onOneConnection(subject, requests, pipelined);
  const expected = ["processed", "unauthentic", "unauthentic", "duplicate", "processed"] as const;
  for (const [index, answer] of expected.entries())
    expectAnswer(responses[index], answer, `request ${index}`);
}

describeApps("F HTTP", (subject) => {
  runTable(subject, cases);

  describe.each(senders.map((sender) => [sender.name, sender] as const))("for %s", (_name, sender) => {
    it("F58 methods other than POST", () =>
      expectRows(subject(), 0, () => expectMethodRefused(subject(), sender)));

    it("F61 broken framing reaches no handler", () =>
      expectRows(subject(), 0, () => expectBrokenFramingRefused(subject(), sender)));

    it("F62 a client that is gone in mid-body leaves nothing behind", () =>
      expectRows(subject(), 1, async () => {
        const genuine = sender.sign();
        for (const cut of [1, 20, genuine.body.length]) {
          const wire = await openConnection(subject().app.url);
          await wire.write(counted(genuine).subarray(0, -cut));
          await sleep(20);
          wire.destroy();
        }
        await sleep(50);
        await subject().expect(["processed", genuine]);
      }));

    it("F63 a client that is gone after the body: the callback has run, and the retry is a duplicate", () =>
      expectRows(subject(), 1, async () => {
        const genuine = sender.sign();
        const wire = await openConnection(subject().app.url);
        await wire.write(counted(genuine));
        await sleep(150);
        wire.destroy();
        await subject().expect(["duplicate", genuine]);
      }));

    it("F65 nothing carries over between requests on one connection", () =>
      expectRows(subject(), 2, () => expectNothingCarriedOver(subject(), sender, false)));

    it("F65 pipelined requests are answered each for itself, in order", () =>
      expectRows(subject(), 2, () => expectNothingCarriedOver(subject(), sender, true)));

    it("F65 a body in pieces of one byte, and one cut within a character, is put together as it was", () =>
      expectRows(subject(), 2, async () => {
        const pieces = await openConnection(subject().app.url);
        await pieces.write(chunked(sender.sign(), 1));
        expectAnswer(await pieces.response(), "processed");
        const request = sender.sign({ body: JSON.stringify({ id: newJobId(), note: "größe ✓" }) });
        const bytes = counted(request);
        let start = 0;
        for (const cut of [20, bytes.indexOf("✓") + 1, bytes.length]) {
          await pieces.write(bytes.subarray(start, cut));
          await sleep(20);
          start = cut;
        }
        expectAnswer(await pieces.response(), "processed");
        pieces.destroy();
      }));

    it("F61 a body hidden in a refused body is not taken for a request", () =>
      expectRows(subject(), 0, async () => {
        const hidden = counted(sender.sign());
        const cover = { ...sender.sign(), body: Buffer.concat([hidden, Buffer.alloc(1_048_576), hidden]) };
        const wire = await openConnection(subject().app.url);
        await wire.write(counted(cover));
        expectAnswer(await wire.response(), "too large");
        await sleep(100);
        wire.destroy();
      }));
  });
});
