export type WireHeader = readonly [name: string, value: string];

/** A request as it goes over the wire, right or wrong. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  /** Default: `"127.0.0.1"`. */
  readonly host?: string | undefined;
  /** In this order, and as often as they are listed. `Host` and what frames the body are not among them. */
  readonly headers: readonly WireHeader[];
  readonly body: Uint8Array;
}

/** Request line and headers. `framing` says how long the body is, or says it wrongly. */
export function headOf(request: WireRequest, framing: readonly string[] = []): Buffer {
  const { method, path, host = "127.0.0.1", headers } = request;
  const fields = headers.map(([name, value]) => `${name}: ${value}`);
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${host}`, ...fields, ...framing];
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

/** One chunk of a body. */
export function chunkOf(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.byteLength.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);
}
