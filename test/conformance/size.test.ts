import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { chunked, chunkOf, counted, headOf, openConnection } from "@latchhook/testing/wire";
import { expect, it } from "vitest";
import { creativeaiSender, newJobId, type Sender, senders, videogenSender } from "./support/senders.ts";
import { type Case, describeApps, expectAnswer, runTable, type Subject } from "./support/table.ts";
import { withHeader } from "./support/wire.ts";

const mebibyte = 1_048_576;

/** A delivery of exactly so many bytes. */
function signSized(sender: Sender, bytes: number) {
  const body = (padding: string) => JSON.stringify({ id: newJobId(), type: "video.completed", padding });
  const text = body("");
  return sender.sign({ body: text.replace('""', `"${"x".repeat(bytes - text.length)}"`) });
}

const cases: readonly Case[] = [
  {
    name: "E56 a body of exactly the limit is processed, one byte more is not read",
    senders,
    *steps(sender) {
      yield ["processed", signSized(sender, mebibyte)];
      yield ["too large", signSized(sender, mebibyte + 1)];
    },
  },
];

/** A request whose body does not come, and one whose body never ends. */
async function expectEndlessRefused(subject: Subject, sender: Sender): Promise<number> {
  const wire = await openConnection(subject.app.url);
  const piece = chunkOf(new Uint8Array(65_536).fill(0x20));
  await wire.write(headOf(sender.sign(), ["Transfer-Encoding: chunked"]));
  let answered = false;
  const response = wire.response().then((value) => {
    answered = true;
    return value;
  });
  while (!answered && wire.written() < 64 * mebibyte) {
    await wire.write(piece);
    await new Promise(setImmediate);
  }
  expectAnswer(await response, "too large");
  wire.destroy();
  return wire.written();
}

/** The memory of a process, in bytes. Small images have no `ps`, and other systems no `/proc`. */
function residentBytes(processId: number): number {
  const status = `/proc/${processId}/status`;
  const kibibytes = existsSync(status)
    ? /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(status, "utf8"))?.[1]
    : execFileSync("ps", ["-o", "rss=", "-p", String(processId)], { encoding: "utf8", timeout: 10_000 });
  return Number(kibibytes) * 1024;
}

describeApps("E body size", (subject) => {
  runTable(subject, cases);

  it.each(senders.map((sender) => [sender.name, sender] as const))(
    "E56 a limit that is reached in chunks, and a gigabyte that is only declared (%s)",
    async (_name, sender) => {
      const before = (await subject().app.events()).length;
      for (const [bytes, answer] of [
        [mebibyte, "processed"],
        [mebibyte + 1, "too large"],
      ] as const) {
        const wire = await openConnection(subject().app.url);
        await wire.write(chunked(signSized(sender, bytes), 100_000));
        expectAnswer(await wire.response(), answer, `${bytes} bytes in chunks`);
        wire.destroy();
      }
      for (const length of [1_073_741_824, Number.MAX_SAFE_INTEGER, mebibyte + 1]) {
        const wire = await openConnection(subject().app.url);
        await wire.write(headOf(sender.sign(), [`Content-Length: ${length}`]));
        expectAnswer(await wire.response(), "too large", `${length} bytes declared`);
        wire.destroy();
      }
      expect((await subject().app.events()).length - before).toBe(1);
    },
  );

  it("E56 bodies without end are answered at the limit, and memory stays flat", async () => {
    const { app } = subject();
    await expectEndlessRefused(subject(), videogenSender);
    const before = residentBytes(app.process.pid ?? 0);
    const written = await Promise.all(
      Array.from({ length: 8 }, () => expectEndlessRefused(subject(), creativeaiSender)),
    );
    const grownBy = residentBytes(app.process.pid ?? 0) - before;
    // What is thrown away after the answer, and what the kernel buffers, is bounded too.
    for (const bytes of written) expect(bytes).toBeLessThan(32 * mebibyte);
    expect(before).toBeGreaterThan(0);
    expect(grownBy).toBeLessThan(96 * mebibyte);
  });

  it("E56 a sender that writes everything before it reads still gets its answer", async () => {
    const before = await subject().app.events();
    for (const sender of senders) {
      const huge = { ...sender.sign(), body: new Uint8Array(8 * mebibyte) };
      for (const [request, answer] of [
        [huge, "too large"],
        [withHeader(huge, sender.signatureHeader), "unauthentic"],
        [withHeader(huge, "content-encoding", "gzip"), "unsupported encoding"],
      ] as const) {
        const wire = await openConnection(subject().app.url);
        await wire.write(chunked(request, 65_536));
        expectAnswer(await wire.response(), answer, sender.name);
        wire.destroy();
      }
    }
    const wire = await openConnection(subject().app.url);
    await wire.write(counted(signSized(videogenSender, 8 * mebibyte)));
    expectAnswer(await wire.response(), "too large");
    wire.destroy();
    expect(await subject().app.events()).toEqual(before);
  });
});
