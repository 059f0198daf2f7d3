import assert from "node:assert/strict";
import type { WireHeader } from "../../wire/wire-request.ts";
import { defineCases } from "../define-cases.ts";
import { countedTo, deliveryBody, genuine, headTo, signatureHeaders } from "../request-text.ts";
import { assertAnswer, duplicateBody, withTrial } from "../trial.ts";

/** What a sender gets to see of the receiver's decisions. */
export const deliveryCases = defineCases((serve) => ({
  "a genuine delivery is processed once, and its retry is a duplicate": () =>
    withTrial(serve, async (trial) => {
      assertAnswer(await trial.send(genuine("job-1")), 200);
      assertAnswer(await trial.send(genuine("job-1")), 200, duplicateBody);
      assertAnswer(await trial.send(genuine("job-2")), 200);
      assert.deepEqual(trial.persisted, ["job-1", "job-2"]);
    }),

  "a callback that throws is answered 500, without a word of the error, and the retry runs": () => {
    let calls = 0;
    function persist(): void {
      calls += 1;
      if (calls === 1) throw new Error("a detail of the database");
    }
    return withTrial(
      serve,
      async (trial) => {
        assertAnswer(await trial.send(genuine("job-1")), 500);
        assertAnswer(await trial.send(genuine("job-1")), 200);
        assert.equal(calls, 2);
      },
      { options: { persist } },
    );
  },

  "an answer of 503 tells when to come back": () => {
    const claim = () => Promise.reject(new Error("connection refused"));
    const unused = () => Promise.reject(new Error("not reached"));
    const store = {
      name: "unreachable",
      claim,
      extend: unused,
      complete: unused,
      fail: unused,
      purge: unused,
      close() {},
    };
    return withTrial(
      serve,
      async (trial) => {
        const response = await trial.send(genuine("job-1"));
        assertAnswer(response, 503);
        assert.match(response?.headers.get("retry-after") ?? "", /^[1-9]\d*$/);
        assert.deepEqual(trial.persisted, []);
      },
      { options: { store } },
    );
  },

  "a client that leaves after the body does not stop the callback, and its retry is a duplicate": () => {
    let finished = 0;
    async function persist(): Promise<void> {
      await new Promise((resolve) => setTimeout(resolve, 300));
      finished += 1;
    }
    return withTrial(
      serve,
      async (trial) => {
        const connection = await trial.connect();
        await connection.write(countedTo(trial.url, genuine("job-1")));
        await new Promise((resolve) => setTimeout(resolve, 100));
        connection.destroy();
        assertAnswer(await trial.send(genuine("job-1")), 200, duplicateBody);
        assert.deepEqual([trial.persisted, finished], [["job-1"], 1]);
      },
      { options: { persist } },
    );
  },

  "the signature's header matches in any case": () =>
    withTrial(serve, async (trial) => {
      const body = deliveryBody("job-1");
      const headers = signatureHeaders(body).map(
        ([name, value], index) =>
          [index === 0 ? name.toUpperCase() : name.replace("phaseo", "PhaSeo"), value] as const,
      );
      assertAnswer(await trial.send(genuine("job-1", { body, headers })), 200);
    }),

  "a signature or a timestamp that comes twice is refused, in either order": () =>
    withTrial(serve, async (trial) => {
      const body = deliveryBody("job-1");
      const [timestamp, signature] = signatureHeaders(body);
      const wrong: WireHeader = [signature[0], "0".repeat(64)];
      for (const headers of [
        [timestamp, signature, wrong],
        [timestamp, wrong, signature],
        [timestamp, signature, signature],
        [timestamp, timestamp, signature],
      ]) {
        assertAnswer(await trial.send(genuine("job-1", { body, headers })), 401);
      }
      trial.assertUntouched();
    }),

  "a signature of no sense is refused, and nothing breaks": () =>
    withTrial(serve, async (trial) => {
      const body = deliveryBody("job-1");
      const [timestamp, signature] = signatureHeaders(body);
      const values = ["", " ", "\u00e9".repeat(64), "\u00f0\u009f\u0098\u0080", "a".repeat(12_000)];
      for (const value of [...values, signature[1].slice(1), `${signature[1]}0`]) {
        const headers = [timestamp, [signature[0], value] as const];
        assertAnswer(await trial.send(genuine("job-1", { body, headers })), 401);
      }
      assertAnswer(await trial.send(genuine("job-1", { body, headers: [timestamp] })), 401);
      assertAnswer(await trial.send(genuine("job-1", { body, headers: [] })), 401);
      trial.assertUntouched();
    }),

  "a body that was changed on the way is refused": () =>
    withTrial(serve, async (trial) => {
      const { headers, body } = genuine("job-1");
      const text = new TextDecoder().decode(body);
      const bom = "\uFEFF";
      for (const changed of [`${text}\n`, `${bom}${text}`, JSON.stringify(JSON.parse(text), null, 2), ""]) {
        const request = genuine("job-1", { headers, body: new TextEncoder().encode(changed) });
        assertAnswer(await trial.send(request), 401);
      }
      trial.assertUntouched();
    }),

  "any content type will do, or none": () =>
    withTrial(serve, async (trial) => {
      for (const type of [...contentTypes, undefined]) {
        const body = deliveryBody(`job-${type}`);
        const declared: readonly WireHeader[] = type === undefined ? [] : [["content-type", type]];
        const headers = [...declared, ...signatureHeaders(body)];
        assertAnswer(await trial.send(genuine("", { body, headers })), 200);
      }
      assert.equal(trial.persisted.length, contentTypes.length + 1);
    }),

  "a sender that asks before it sends its body is told to go on": () =>
    withTrial(serve, async (trial) => {
      const request = genuine("job-1");
      const connection = await trial.connect();
      const framing = [`Content-Length: ${request.body.byteLength}`, "Expect: 100-continue"];
      await connection.write(headTo(trial.url, request, framing));
      assert.equal((await connection.response())?.status, 100);
      await connection.write(request.body);
      assertAnswer(await connection.response(), 200);
    }),
}));

const contentTypes = [
  "application/json",
  "application/json; charset=utf-16",
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=none",
  "application/octet-stream",
  "no type at all",
];
