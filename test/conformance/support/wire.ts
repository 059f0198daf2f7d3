import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A request as it goes over the wire. Header lines are sent in this order, as often as they are listed. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly WireHeader[];
  readonly body: Uint8Array;
}

export type WireHeader = readonly [name: string, value: string];

/** An answer as it came. */
export interface WireResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** A connection that says exactly what it is told to. */
export interface Wire {
  /** Resolves when the bytes have been handed to the kernel, or the connection is gone. */
  write(bytes: string | Uint8Array): Promise<void>;
  /** The next answer, or undefined where the connection ends without one. */
  response(method?: string): Promise<WireResponse | undefined>;
  /** Bytes handed to the kernel so far. */
  written(): number;
  /** Says that no more comes (FIN). */
  finish(): void;
  /** Goes away without a word. */
  destroy(): void;
}

/** Connects to the server of `url`. Nothing is normalised: neither names nor values nor framing. */
export async function openWire(url: string): Promise<Wire> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  await once(socket, "connect");
  // From here on a reset shows in what was or was not answered.
  socket.on("error", () => {});
  let received = Buffer.alloc(0);
  return {
    write: (bytes) =>
      new Promise((resolve) => {
        if (socket.writable) socket.write(bytes, () => resolve());
        else resolve();
      }),
    async response(method = "POST") {
      for (;;) {
        const parsed = parseResponse(received, method);
        if (parsed !== undefined) {
          received = received.subarray(parsed.end);
          return parsed.response;
        }
        const chunk = await nextChunk(socket);
        if (chunk === undefined) return undefined;
        received = Buffer.concat([received, chunk]);
      }
    },
    written: () => socket.bytesWritten - socket.writableLength,
    finish: () => socket.end(),
    destroy: () => socket.destroy(),
  };
}

const patienceMs = 20_000;

/** The next bytes, or undefined at the end of the connection. */
function nextChunk(socket: Socket): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    function settle(chunk?: Buffer): void {
      clearTimeout(timer);
      socket.pause().off("data", settle).off("end", finish).off("close", finish);
      resolve(chunk);
    }
    function finish(): void {
      settle();
    }
    const timer = setTimeout(() => reject(new Error(`No answer within ${patienceMs} ms.`)), patienceMs);
    if (socket.destroyed || socket.readableEnded) finish();
    else socket.on("data", settle).on("end", finish).on("close", finish).resume();
  });
}

interface Parsed {
  readonly response: WireResponse;
  readonly end: number;
}

function parseResponse(bytes: Buffer, method: string): Parsed | undefined {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const [statusLine = "", ...lines] = bytes.toString("latin1", 0, headEnd).split("\r\n");
  const status = Number(statusLine.split(" ")[1]);
  const headers = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const start = headEnd + 4;
  const bodiless = method === "HEAD" || status < 200 || status === 204;
  const body = bodiless ? { text: "", end: start } : parseBody(bytes, start, headers);
  return body && { response: { status, headers, body: body.text }, end: body.end };
}

function parseBody(
  bytes: Buffer,
  start: number,
  headers: ReadonlyMap<string, string>,
): { readonly text: string; readonly end: number } | undefined {
  if (headers.get("transfer-encoding") !== "chunked") {
    const end = start + Number(headers.get("content-length") ?? 0);
    return bytes.length < end ? undefined : { text: bytes.toString("utf8", start, end), end };
  }
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

/** Request line and headers. `framing` says how long the body is. */
export function headOf(request: WireRequest, framing: readonly string[] = []): Buffer {
  const fields = request.headers.map(([name, value]) => `${name}: ${value}`);
  const lines = [`${request.method} ${request.path} HTTP/1.1`, "Host: 127.0.0.1", ...fields, ...framing];
  // Text beyond Latin-1 goes out as its UTF-8 bytes, which a header may hold.
  const bytesOf = (line: string) => Buffer.from(line, /[^\0-\xff]/.test(line) ? "utf8" : "latin1");
  return Buffer.concat([...lines, ""].map((line) => Buffer.concat([bytesOf(line), Buffer.from("\r\n")])));
}

/** The whole request, with its length declared. */
export function counted(request: WireRequest, framing: readonly string[] = []): Buffer {
  const length = `Content-Length: ${request.body.byteLength}`;
  return Buffer.concat([headOf(request, [length, ...framing]), request.body]);
}

/** The whole request, in chunks of at most `size` bytes. */
export function chunked(request: WireRequest, size: number): Buffer {
  const parts: Uint8Array[] = [headOf(request, ["Transfer-Encoding: chunked"])];
  for (let start = 0; start < request.body.byteLength; start += size) {
    parts.push(chunkOf(request.body.subarray(start, start + size)));
  }
  return Buffer.concat([...parts, Buffer.from("0\r\n\r\n")]);
}

export function chunkOf(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.byteLength.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);
}

/** Sends one request on a connection of its own. */
export async function exchange(url: string, request: WireRequest): Promise<WireResponse | undefined> {
  const wire = await openWire(url);
  try {
    await wire.write(counted(request, ["Connection: close"]));
    return await wire.response(request.method);
  } finally {
    wire.destroy();
  }
}

/** The request with one header in the given lines, or without it. Any other spelling of its name goes too. */
export function withHeader(request: WireRequest, name: string, ...values: readonly string[]): WireRequest {
  const others = request.headers.filter(([other]) => other.toLowerCase() !== name.toLowerCase());
  return { ...request, headers: [...others, ...values.map((value) => [name, value] as const)] };
}

/** The value of a header that was sent once. */
export function headerOf(request: WireRequest, name: string): string {
  return request.headers.find(([other]) => other.toLowerCase() === name.toLowerCase())?.[1] ?? "";
}
