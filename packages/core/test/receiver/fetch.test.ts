import type { Outcome } from "@latchhook/core";
import { toRequest } from "@latchhook/testing";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type Dialect, dialects, type PlainRequest } from "../support/dialects.ts";
import { trialReceiver } from "../support/trial-receiver.ts";

const url = "http://localhost/webhooks";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const requestOf = ({ headers, body }: PlainRequest, init: RequestInit = {}): Request =>
  new Request(url, { method: "POST", headers, body: Uint8Array.from(body), ...init });

/** A request whose body comes as a stream of these chunks; how it was read can be seen. */
function streamed(headers: Record<string, string>, chunks: Iterable<Uint8Array | Error>) {
  const seen = { pulled: 0, cancelled: false };
  const iterator = chunks[Symbol.iterator]();
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const { done, value } = iterator.next();
        if (done === true) return controller.close();
        if (value instanceof Error) return controller.error(value);
        seen.pulled++;
        controller.enqueue(value);
      },
      cancel() {
        seen.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  const init = { method: "POST", headers, body: stream, duplex: "half" } as RequestInit;
  return { request: new Request(url, init), seen };
}

function* chunksOf(body: Uint8Array, size: number): Generator<Uint8Array> {
  for (let start = 0; start < body.length; start += size) yield body.slice(start, start + size);
}

describe.each(dialects)("handle() with a fetch Request of $name", (dialect) => {
  const make = (options?: Parameters<typeof trialReceiver>[1]) =>
    trialReceiver(dialect.makeProvider({ secret: dialect.secrets[0] }), options);

  it("answers 200 with JSON, then as a duplicate", async () => {
    const trial = make();
    const first = await trial.receiver.handle(requestOf(dialect.sign()));
    expect([first.status, await first.text()]).toEqual([200, '{"received":true}']);
    expect(first.headers.get("content-type")).toBe("application/json");
    const second = await trial.receiver.handle(requestOf(dialect.sign()));
    expect(await second.json()).toEqual({ received: true, duplicate: true });
  });

  it("takes what the sign helpers and toRequest make", async () => {
    const trial = make();
    const signed = { ...dialect.sign(), method: "POST" as const };
    const request = toRequest({ ...signed, body: Uint8Array.from(signed.body) }, url);
    expect((await trial.receiver.handle(request)).status).toBe(200);
  });

  it.each(["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])("F58 %s → 405 with Allow", async (method) => {
    const trial = make();
    const answer = await trial.receiver.handle(new Request(url, { method, headers: dialect.sign().headers }));
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST"]);
    expect((await answer.text()) === "").toBe(method === "HEAD");
    expect(trial.storeCalls).toEqual([]);
  });

  it.each(["gzip", "br", "zstd", "deflate", "gzip, identity", "unknown"])(
    "F59 content-encoding %s → 415",
    async (encoding) => {
      const trial = make();
      const { headers, body } = dialect.sign();
      const { request, seen } = streamed({ ...headers, "content-encoding": encoding }, [body]);
      expect((await trial.receiver.handle(request)).status).toBe(415);
      expect(seen.pulled).toBe(0);
    },
  );

  it.each(
    [
      ["UTF-8", "utf8", "utf-16le", "charset=utf-8", "ISO-8859-1", "latin1", "windows-1252", "cp1252"],
      ["us-ascii", "Shift_JIS", "EUC-KR", "Big5", "GB18030", "KOI8-R", "macintosh", "8bit", "binary", "none"],
    ].flat(),
  )("F59 content-encoding %s, a charset or a word for no coding, says nothing", async (encoding) => {
    const { receiver } = make();
    const { headers, body } = dialect.sign();
    const request = requestOf({ headers: { ...headers, "content-encoding": encoding }, body });
    expect((await receiver.handle(request)).status).toBe(200);
  });

  it.each(["identity", "Identity", " identity ", ""])("F59 content-encoding %j is fine", async (encoding) => {
    const { headers, body } = dialect.sign();
    const request = requestOf({ headers: { ...headers, "content-encoding": encoding }, body });
    expect((await make().receiver.handle(request)).status).toBe(200);
  });

  it.each(["text/plain", "application/octet-stream", "multipart/form-data; boundary=x", undefined])(
    "F60 content type %s is no matter",
    async (type) => {
      const request = requestOf(dialect.sign());
      request.headers.delete("content-type");
      if (type !== undefined) request.headers.set("content-type", type);
      expect((await make().receiver.handle(request)).status).toBe(200);
    },
  );

  limitTests(dialect, make);
  streamTests(dialect, make);
});

type Make = (options?: Parameters<typeof trialReceiver>[1]) => ReturnType<typeof trialReceiver>;

function limitTests(dialect: Dialect, make: Make): void {
  it("E56 exactly the limit → 200, one byte more → 413", async () => {
    const { headers, body } = dialect.sign();
    for (const chunk of [1, 100, body.length]) {
      const whole = streamed(headers, chunksOf(body, chunk)).request;
      expect((await make({ maxBodyBytes: body.length }).receiver.handle(whole)).status).toBe(200);
      const longer = streamed(headers, chunksOf(body, chunk)).request;
      expect((await make({ maxBodyBytes: body.length - 1 }).receiver.handle(longer)).status).toBe(413);
    }
  });

  it("E56 declared 1 GB → 413 before reading", async () => {
    const trial = make();
    const { headers, body } = dialect.sign();
    const { request, seen } = streamed({ ...headers, "content-length": "1000000000" }, [body]);
    const answer = await trial.receiver.handle(request);
    expect([answer.status, await answer.text()]).toEqual([413, '{"error":"too large"}']);
    expect([seen.pulled, trial.storeCalls]).toEqual([0, []]);
  });

  it("E56 chunks past the limit → 413 at the limit; what still comes is dropped, and cut off", async () => {
    const trial = make({ maxBodyBytes: 10_000_000 });
    const endless = (function* () {
      for (;;) yield new Uint8Array(1_000_000);
    })();
    const { request, seen } = streamed(dialect.sign().headers, endless);
    expect((await trial.receiver.handle(request)).status).toBe(413);
    await vi.waitFor(() => expect(seen.cancelled).toBe(true));
    expect(seen.pulled).toBeLessThan(10 + 17 + 2);
    expect(trial.storeCalls).toEqual([]);
  });

  it("forged by its headers alone → 401 before reading", async () => {
    const trial = make();
    const { request, seen } = streamed({ "content-type": "application/json" }, [dialect.sign().body]);
    expect((await trial.receiver.handle(request)).status).toBe(401);
    expect(seen.pulled).toBe(0);
  });
}

function streamTests(dialect: Dialect, make: Make): void {
  it("a body in one-byte chunks → 200", async () => {
    const { headers, body } = dialect.sign();
    expect((await make().receiver.handle(streamed(headers, chunksOf(body, 1)).request)).status).toBe(200);
  });

  it("no body at all, validly signed → 400", async () => {
    const { headers } = dialect.sign({ body: "" });
    expect((await make().receiver.handle(new Request(url, { method: "POST", headers }))).status).toBe(400);
  });

  it("E57 a body that was read before → 500, and a log line with the mend, whatever the observer", async () => {
    const written = vi.spyOn(console, "error").mockImplementation(() => {});
    const outcomes: Outcome[] = [];
    const trial = make({ onOutcome: (outcome) => outcomes.push(outcome) });
    const request = requestOf(dialect.sign());
    await request.json();
    expect((await trial.receiver.handle(request)).status).toBe(500);
    expect(outcomes).toMatchObject([{ code: "body-consumed", mend: expect.stringContaining("clone()") }]);
    expect(written.mock.calls).toEqual([[expect.stringContaining("clone()")]]);
    expect(trial.storeCalls).toEqual([]);
  });

  it("E57 a clone that was read before → 200", async () => {
    const request = requestOf(dialect.sign());
    await request.clone().json();
    expect((await make().receiver.handle(request)).status).toBe(200);
  });

  it("F62 a body that breaks off → 400, no claim, no rejection", async () => {
    const trial = make();
    const { headers, body } = dialect.sign();
    const { request } = streamed(headers, [body.slice(0, 10), new Error("the client is gone")]);
    expect((await trial.receiver.handle(request)).status).toBe(400);
    expect([trial.storeCalls, trial.outcomes[0]?.code]).toEqual([[], "body-aborted"]);
  });

  it("F64 a body that never ends → 408 at the body timeout, and is cut off", async () => {
    vi.useFakeTimers();
    const trial = make({ bodyTimeoutMs: 1_000 });
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(dialect.sign().body.slice(0, 10)),
      cancel() {
        cancelled = true;
      },
    });
    const init = { method: "POST", headers: dialect.sign().headers, body, duplex: "half" } as RequestInit;
    const answer = trial.receiver.handle(new Request(url, init));
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await answer).status).toBe(408);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([cancelled, trial.storeCalls]).toEqual([true, []]);
  });
}
