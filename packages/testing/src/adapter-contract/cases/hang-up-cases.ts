import assert from "node:assert/strict";
import type { Connection } from "../../wire/connection.ts";
import { chunkOf, type WireHeader } from "../../wire/wire-request.ts";
import { defineCases } from "../define-cases.ts";
import { genuine, headTo, signatureHeaders } from "../request-text.ts";
import { assertAnswer, type Trial, until, withTrial } from "../trial.ts";

const options = { bodyTimeoutMs: 400, maxBodyBytes: 5_000 };
const large = new Uint8Array(6_000).fill(0x20);

/** Requests of strangers, which need no secret. None ends the process, and none holds a connection for long. */
export const hangUpCases = defineCases((serve) => ({
  "a sender that hangs up in the middle ends nothing, whatever it has sent": () =>
    withTrial(
      serve,
      async (trial) => {
        for (const [framing, body, headers] of [
          ["Content-Length: 100", "x", forged()],
          ["Content-Length: 100", "x", []],
          ["Content-Length: 1000000", "x", forged()],
          ["Content-Length: 1000000", large, forged()],
          ["Transfer-Encoding: chunked", chunkOf(large), forged()],
          ["Transfer-Encoding: chunked", "5\r\nx", forged()],
        ] as const) {
          for (const afterMs of [0, 40, 500]) {
            const connection = await trial.connect();
            await connection.write(headTo(trial.url, genuine("job-1", { headers }), [framing]));
            await connection.write(body);
            await pause(afterMs);
            connection.destroy();
          }
        }
        await pause(100);
        trial.assertUntouched();
        assertAnswer(await trial.send(genuine("job-1")), 200);
      },
      { options },
    ),

  "a sender that trickles on after its answer loses its connection within five seconds": () =>
    withTrial(
      serve,
      async (trial) => {
        await Promise.all([
          assertCloses(trial, 408, "Content-Length: 4000", "x", "x"),
          assertCloses(trial, 413, "Content-Length: 6000", "x", "x"),
          assertCloses(trial, 413, "Transfer-Encoding: chunked", chunkOf(large), "1\r\nx\r\n"),
        ]);
        trial.assertUntouched();
      },
      { options },
    ),
}));

async function assertCloses(
  trial: Trial,
  status: number,
  framing: string,
  first: string | Uint8Array,
  next: string,
): Promise<void> {
  const connection = await trial.connect();
  await connection.write(headTo(trial.url, genuine("job-1", { headers: forged() }), [framing]));
  await connection.write(first);
  const trickle = setInterval(() => void connection.write(next), 100);
  try {
    assertAnswer(await connection.response(), status);
    assert.equal(await ending(connection), undefined, "more than one answer");
  } finally {
    clearInterval(trickle);
  }
}

async function ending(connection: Connection): Promise<unknown> {
  let end: { readonly response: unknown } | undefined;
  void connection.response().then((response) => {
    end = { response };
  });
  await until(() => end !== undefined, 5_000, "the connection is still open after 5 s");
  return end?.response;
}

/** What passes for genuine until the body is there. */
function forged(): readonly WireHeader[] {
  const [timestamp, signature] = signatureHeaders(new Uint8Array());
  return [timestamp, [signature[0], "0".repeat(64)]];
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
