import assert from "node:assert/strict";
import { chunkOf } from "../../wire/wire-request.ts";
import { defineCases } from "../define-cases.ts";
import { chunkedTo, countedTo, deliveryBody, genuine, headTo } from "../request-text.ts";
import { assertAnswer, withTrial } from "../trial.ts";

const limit = 100_000;
const options = { maxBodyBytes: limit };
const mebibyte = 1_048_576;
const oneGigabyte = "Content-Length: 1073741824";

/** The body: its limit, how it is cut into pieces, and who else reads it. */
export const bodyCases = defineCases((serve) => ({
  "a body of exactly the limit is processed": () =>
    withTrial(
      serve,
      async (trial) => {
        const request = genuine("", { body: deliveryBody("job-1", limit) });
        assertAnswer(await trial.send(request), 200);
        const connection = await trial.connect();
        const other = genuine("", { body: deliveryBody("job-2", limit) });
        await connection.write(chunkedTo(trial.url, other, 10_000));
        assertAnswer(await connection.response(), 200);
        assert.deepEqual(trial.persisted, ["job-1", "job-2"]);
      },
      { options },
    ),

  "one byte more is answered 413": () =>
    withTrial(
      serve,
      async (trial) => {
        const request = genuine("", { body: deliveryBody("job-1", limit + 1) });
        assertAnswer(await trial.send(request), 413);
        const connection = await trial.connect();
        await connection.write(chunkedTo(trial.url, request, 10_000));
        assertAnswer(await connection.response(), 413);
        trial.assertUntouched();
      },
      { options },
    ),

  "a declared gigabyte is answered 413 before any of it is sent": () =>
    withTrial(
      serve,
      async (trial) => {
        const connection = await trial.connect();
        await connection.write(headTo(trial.url, genuine("job-1"), [oneGigabyte]));
        assertAnswer(await connection.response(), 413);
        trial.assertUntouched();
      },
      { options },
    ),

  "an endless body is answered 413 at the limit, and memory stays flat": () =>
    withTrial(
      serve,
      async (trial) => {
        const connection = await trial.connect();
        const piece = chunkOf(new Uint8Array(65_536).fill(0x20));
        const before = process.memoryUsage().arrayBuffers;
        let most = 0;
        await connection.write(headTo(trial.url, genuine("job-1"), ["Transfer-Encoding: chunked"]));
        let answered = false;
        const response = connection.response().then((value) => {
          answered = true;
          return value;
        });
        while (!answered && connection.written() < 64 * mebibyte) {
          await connection.write(piece);
          await new Promise(setImmediate);
          most = Math.max(most, process.memoryUsage().arrayBuffers - before);
        }
        assertAnswer(await response, 413);
        // What the kernel buffers between the two ends is not ours to bound.
        assert.ok(connection.written() < 24 * mebibyte, `answered after ${connection.written()} bytes`);
        assert.ok(most < 24 * mebibyte, `held ${most} bytes`);
        trial.assertUntouched();
      },
      { options },
    ),

  "a sender that writes everything before it reads still gets its answer": () =>
    withTrial(
      serve,
      async (trial) => {
        const body = new Uint8Array(8 * mebibyte);
        for (const [status, request] of [
          [413, genuine("job-1", { body })],
          [401, genuine("job-1", { body, headers: [] })],
          [405, genuine("job-1", { body, method: "PUT" })],
          [415, genuine("job-1", { body, headers: [["content-encoding", "gzip"]] })],
        ] as const) {
          // A length that is too great is refused at once, chunks are when the limit is reached.
          for (const bytes of [countedTo(trial.url, request), chunkedTo(trial.url, request, 65_536)]) {
            const connection = await trial.connect();
            await connection.write(bytes);
            const response = await connection.response();
            const expected = status === 401 && bytes.includes("Content-Length") ? 413 : status;
            assertAnswer(response, expected);
          }
        }
        trial.assertUntouched();
      },
      { options },
    ),

  "a body in pieces of one byte is put together as it was": () =>
    withTrial(serve, async (trial) => {
      const connection = await trial.connect();
      await connection.write(chunkedTo(trial.url, genuine("job-1"), 1));
      assertAnswer(await connection.response(), 200);
      const slow = await trial.connect();
      const request = genuine("job-2");
      const bytes = countedTo(trial.url, request);
      // In the midst of a character, and of the headers.
      const cuts = [20, bytes.indexOf("✓") + 1, bytes.length];
      let start = 0;
      for (const cut of cuts) {
        await slow.write(bytes.subarray(start, cut));
        await new Promise((resolve) => setTimeout(resolve, 30));
        start = cut;
      }
      assertAnswer(await slow.response(), 200);
      assert.deepEqual(trial.persisted, ["job-1", "job-2"]);
    }),

  "an empty body is refused": () =>
    withTrial(serve, async (trial) => {
      const body = new Uint8Array();
      assertAnswer(await trial.send(genuine("", { body })), 400);
      assertAnswer(await trial.send(genuine("", { body, headers: [] })), 401);
      trial.assertUntouched();
    }),

  "a body that a parser took before is answered 500, and the log says how to mend it": () =>
    withTrial(
      serve,
      async (trial) => {
        assertAnswer(await trial.send(genuine("job-1")), 500);
        trial.assertUntouched();
        assert.equal(trial.outcomes[0]?.code, "body-consumed");
        const { mend } = trial.outcomes[0];
        assert.ok(mend && trial.logged.some((line) => line.includes(mend)), "the mend was not logged");
      },
      { earlier: "parsed" },
    ),

  "bytes that were read before and kept are verified": () =>
    withTrial(
      serve,
      async (trial) => {
        assertAnswer(await trial.send(genuine("job-1")), 200);
        const { headers } = genuine("job-2");
        assertAnswer(await trial.send(genuine("job-2", { headers, body: deliveryBody("job-3") })), 401);
        assert.deepEqual(trial.persisted, ["job-1"]);
      },
      { earlier: "kept" },
    ),
}));
