import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** An answer as it came over the wire. */
export interface WireResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** A client that says exactly what it is told to, right or wrong. */
export interface Connection {
  /** Resolves when the bytes have been handed to the kernel, or the connection is gone. */
  write(data: string | Uint8Array): Promise<void>;
  /**
   * The next answer; undefined where the connection ends without one. Nothing is read off the socket before the first
   * call, as with a sender that writes everything first.
   *
   * @param method of the request: an answer to HEAD announces a body that does not come.
   */
  response(method?: string): Promise<WireResponse | undefined>;
  /** Bytes handed to the kernel so far. */
  written(): number;
  isClosed(): boolean;
  /** Says that no more comes (FIN). */
  finish(): void;
  /** Goes away without a word. */
  destroy(): void;
}

const patienceMs = 20_000;

/**
 * Connects to the server of `url`, a port of this machine. Nothing is normalised: neither names nor values nor framing.
 *
 * @throws Error where nothing listens there. `response` rejects where no answer comes within 20 s.
 */
export async function openConnection(url: string): Promise<Connection> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  await once(socket, "connect");
  // From here on a reset shows in what was or was not answered.
  socket.on("error", () => {});
  let received = Buffer.alloc(0);
  let ended = false;

  async function more(): Promise<void> {
    const chunk = await nextChunk(socket);
    if (chunk === undefined) ended = true;
    else received = Buffer.concat([received, chunk]);
  }

  return {
    write: (data) =>
      new Promise((resolve) => {
        if (socket.destroyed || !socket.writable) resolve();
        else socket.write(data, () => resolve());
      }),
    async response(method = "POST") {
      for (;;) {
        const parsed = parseResponse(received, method === "HEAD");
        if (parsed !== undefined) {
          received = received.subarray(parsed.length);
          return parsed.response;
        }
        if (ended) return undefined;
        await more();
      }
    },
    written: () => socket.bytesWritten - socket.writableLength,
    isClosed: () => socket.destroyed || ended,
    finish: () => socket.end(),
    destroy: () => socket.destroy(),
  };
}

/** The next bytes, or undefined at the end of the connection. */
function nextChunk(socket: Socket): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    function settle(chunk?: Buffer): void {
      clearTimeout(timer);
      socket.pause();
      socket.off("data", settle).off("end", finish).off("close", finish);
      resolve(chunk);
    }
    function finish(): void {
      settle();
    }
    const timer = setTimeout(() => reject(new Error(`No answer within ${patienceMs} ms.`)), patienceMs);
    if (socket.destroyed || socket.readableEnded) return finish();
    socket.on("data", settle).on("end", finish).on("close", finish);
    socket.resume();
  });
}

function parseResponse(
  bytes: Buffer,
  isBodiless: boolean,
): { readonly response: WireResponse; readonly length: number } | undefined {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const [statusLine = "", ...lines] = bytes.toString("latin1", 0, headEnd).split("\r\n");
  const status = Number(statusLine.split(" ")[1]);
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const start = headEnd + 4;
  if (isBodiless || status < 200 || status === 204)
    return { response: { status, headers, body: "" }, length: start };
  const body =
    headers.get("transfer-encoding") === "chunked"
      ? parseChunks(bytes, start)
      : parseCounted(bytes, start, Number(headers.get("content-length") ?? 0));
  return body && { response: { status, headers, body: body.text }, length: body.end };
}

interface ParsedBody {
  readonly text: string;
  readonly end: number;
}

function parseCounted(bytes: Buffer, start: number, length: number): ParsedBody | undefined {
  const end = start + length;
  return bytes.length < end ? undefined : { text: bytes.toString("utf8", start, end), end };
}

function parseChunks(bytes: Buffer, start: number): ParsedBody | undefined {
  let text = "";
  let position = start;
  for (;;) {
    const lineEnd = bytes.indexOf("\r\n", position);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString("latin1", position, lineEnd), 16);
    const chunkEnd = lineEnd + 2 + size;
    if (bytes.length < chunkEnd + 2) return undefined;
    text += bytes.toString("utf8", lineEnd + 2, chunkEnd);
    position = chunkEnd + 2;
    if (size === 0) return { text, end: position };
  }
}
