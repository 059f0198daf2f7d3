import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { defineCases } from "../define-cases.ts";
import { countedTo, deliveryBody, genuine, headTo, signatureHeaders } from "../request-text.ts";
import { assertAnswer, duplicateBody, until, withTrial } from "../trial.ts";

/** HTTP itself: methods, encodings, framing, connections. */
export const httpCases = defineCases((serve) => ({
  "methods other than POST are answered 405, with Allow": () =>
    withTrial(serve, async (trial) => {
      for (const method of ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
        const request =
          method === "GET" || method === "HEAD"
            ? { method, headers: [], body: new Uint8Array() }
            : genuine("job-1", { method });
        const response = await trial.send(request);
        assertAnswer(response, 405, method === "HEAD" ? "" : undefined);
        assert.equal(response?.headers.get("allow"), "POST");
      }
      trial.assertUntouched();
    }),

  "a content encoding is answered 415, however it is signed; identity is none": () =>
    withTrial(serve, async (trial) => {
      const body = gzipSync(new Uint8Array(5_000_000));
      for (const encoding of ["gzip", "br", "zstd", "deflate", "gzip, gzip", "x-unknown", "GZIP"]) {
        const headers = [["content-encoding", encoding] as const, ...signatureHeaders(body)];
        assertAnswer(await trial.send(genuine("job-1", { body, headers })), 415);
      }
      trial.assertUntouched();
      const plain = deliveryBody("job-1");
      const headers = [["content-encoding", "identity"] as const, ...signatureHeaders(plain)];
      assertAnswer(await trial.send(genuine("job-1", { body: plain, headers })), 200);
    }),

  "a charset's name for a content encoding says nothing": () =>
    withTrial(serve, async (trial) => {
      const names = ["UTF-8", "utf8", "iso-8859-1", "windows-1252", "us-ascii", "", "identity, utf-8"];
      for (const name of names) {
        const body = deliveryBody(`job-${name}`);
        const headers = [["content-encoding", name] as const, ...signatureHeaders(body)];
        assertAnswer(await trial.send(genuine("", { body, headers })), 200);
      }
      const body = deliveryBody("job-1");
      const headers = [["content-encoding", "utf-8, gzip"] as const, ...signatureHeaders(body)];
      assertAnswer(await trial.send(genuine("", { body, headers })), 415);
      assert.equal(trial.persisted.length, names.length);
    }),

  "a request whose framing is broken reaches nothing, and the server lives": () =>
    withTrial(serve, async (trial) => {
      const request = genuine("job-1");
      const length = `Content-Length: ${request.body.byteLength}`;
      const chunks = "Transfer-Encoding: chunked";
      const text = Buffer.from(request.body).toString("latin1");
      for (const [framing, body] of [
        [[length, chunks], text],
        [[length, "Content-Length: 5"], text],
        [["Content-Length: -1"], text],
        [["Content-Length: 0x10"], text],
        [[chunks], `zz\r\n${text}\r\n0\r\n\r\n`],
        [[chunks], `5\r\n${text}\r\n0\r\n\r\n`],
        [[chunks], `${text.length.toString(16)}\r\n${text}\r\n`],
        [[length], text.slice(0, -1)],
      ] as const) {
        const connection = await trial.connect();
        await connection.write(
          Buffer.concat([headTo(trial.url, request, framing), Buffer.from(body, "latin1")]),
        );
        connection.finish();
        const response = await connection.response();
        if (response !== undefined) assert.equal(response.status, 400);
      }
      trial.assertUntouched();
      assertAnswer(await trial.send(genuine("job-1")), 200);
    }),

  "a client that leaves in the middle of the body leaves nothing behind": () =>
    withTrial(serve, async (trial) => {
      for (let round = 0; round < 5; round += 1) {
        const bytes = countedTo(trial.url, genuine("job-1"));
        const connection = await trial.connect();
        await connection.write(bytes.subarray(0, -20));
        await new Promise((resolve) => setTimeout(resolve, 30));
        connection.destroy();
      }
      // Long before the body's timeout: each request must have ended by the loss of its connection.
      await until(() => trial.outcomes.length === 5, 3_000, "a request is still waiting for its body");
      trial.assertUntouched();
      for (const { code } of trial.outcomes) assert.equal(code, "body-aborted");
      assertAnswer(await trial.send(genuine("job-1")), 200);
    }),

  "a body that trickles in is answered 408 at the timeout": () =>
    withTrial(
      serve,
      async (trial) => {
        const bytes = countedTo(trial.url, genuine("job-1"));
        const connection = await trial.connect();
        await connection.write(bytes.subarray(0, -40));
        const start = performance.now();
        let position = bytes.length - 40;
        const trickle = setInterval(() => {
          void connection.write(bytes.subarray(position, position + 1));
          position += 1;
        }, 100);
        const response = await connection.response();
        clearInterval(trickle);
        const tookMs = performance.now() - start;
        assertAnswer(response, 408);
        assert.ok(tookMs > 350 && tookMs < 5_000, `answered after ${tookMs} ms`);
        trial.assertUntouched();
      },
      { options: { bodyTimeoutMs: 400 } },
    ),

  "a thousand bodies that trickle in do not keep an honest sender waiting": () =>
    withTrial(serve, async (trial) => {
      for (let sent = 0; sent < 1_000; sent += 1) {
        const connection = await trial.connect();
        await connection.write(countedTo(trial.url, genuine("job-1")).subarray(0, -20));
      }
      const start = performance.now();
      assertAnswer(await trial.send(genuine("job-2")), 200);
      const tookMs = performance.now() - start;
      assert.ok(tookMs < 1_000, `answered after ${tookMs} ms`);
      assert.deepEqual(trial.persisted, ["job-2"]);
    }),

  "nothing carries over between requests on one connection": () =>
    withTrial(serve, async (trial) => {
      const connection = await trial.connect();
      const forged = genuine("job-2", { headers: genuine("job-1").headers });
      const steps = [
        [genuine("job-1"), 200, undefined],
        [forged, 401, undefined],
        [genuine("job-3", { headers: [] }), 401, undefined],
        [genuine("job-1"), 200, duplicateBody],
        [{ method: "GET", headers: [], body: new Uint8Array() }, 405, undefined],
        [genuine("job-4"), 200, undefined],
      ] as const;
      for (const [request, status, body] of steps) {
        await connection.write(countedTo(trial.url, request));
        assertAnswer(await connection.response(), status, body);
      }
      assert.deepEqual(trial.persisted, ["job-1", "job-4"]);
    }),

  "pipelined requests are answered each for itself, in order": () =>
    withTrial(serve, async (trial) => {
      const connection = await trial.connect();
      const forged = genuine("job-2", { headers: genuine("job-1").headers });
      const requests = [genuine("job-1"), forged, genuine("job-3"), genuine("job-1")];
      await connection.write(Buffer.concat(requests.map((request) => countedTo(trial.url, request))));
      assertAnswer(await connection.response(), 200);
      assertAnswer(await connection.response(), 401);
      assertAnswer(await connection.response(), 200);
      const last = await connection.response();
      // Started together, so the second of one delivery has waited for the first.
      assertAnswer(last, 200, duplicateBody);
      assert.deepEqual([...trial.persisted].sort(), ["job-1", "job-3"]);
    }),

  "a request that was refused half-way is the last on its connection": () =>
    withTrial(
      serve,
      async (trial) => {
        const connection = await trial.connect();
        const hidden = countedTo(trial.url, genuine("job-hidden"));
        const cover = genuine("job-1", { body: new Uint8Array(hidden.length + 200_000) });
        const bytes = countedTo(trial.url, cover);
        hidden.copy(bytes, bytes.length - hidden.length);
        await connection.write(bytes);
        assertAnswer(await connection.response(), 413);
        // Were the rest of the body taken for a request, it would be a genuine one.
        await new Promise((resolve) => setTimeout(resolve, 100));
        trial.assertUntouched();
      },
      { options: { maxBodyBytes: 100_000 } },
    ),
}));
