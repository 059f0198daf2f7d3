import { collectBytes } from "../request/collect-bytes.ts";

/** What fetches a sender's public keys: `fetch`, or something that takes the same two. */
export type FetchKeys = (url: string, init: FetchKeysInit) => Promise<Response>;

export interface FetchKeysInit {
  readonly headers: Readonly<Record<string, string>>;
  /** A redirect is an answer that is refused: it would let another host name the keys. */
  readonly redirect: "manual";
  readonly signal: AbortSignal;
}

const mostBytes = 64 * 1024;
const timeoutMs = 3_000;

/**
 * A small public document, within 64 KiB and 3 seconds.
 *
 * @throws Error that says what was wrong with the answer, or what `fetch` threw.
 */
export async function fetchDocument(url: string, fetchKeys: FetchKeys = fetch): Promise<Uint8Array> {
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  // Not by the signal alone: what is passed in place of `fetch` may not heed it.
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`There was no whole answer within ${timeoutMs} ms.`)),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([load(url, fetchKeys, abort.signal), late]);
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}

async function load(url: string, fetchKeys: FetchKeys, signal: AbortSignal): Promise<Uint8Array> {
  const headers = { accept: "application/json" };
  const response = await fetchKeys(url, { headers, redirect: "manual", signal });
  if (response.status !== 200) throw new Error(`The answer has status ${response.status}.`);
  return readAtMost(response.body, mostBytes);
}

async function readAtMost(stream: ReadableStream<Uint8Array> | null, mostBytes: number): Promise<Uint8Array> {
  const collected = collectBytes();
  const reader = stream?.getReader();
  for (;;) {
    const { value } = (await reader?.read()) ?? {};
    if (value === undefined) return collected.bytes();
    collected.add(value);
    if (collected.length() > mostBytes) {
      void reader?.cancel().catch(() => {});
      throw new Error(`The answer has more than ${mostBytes} bytes.`);
    }
  }
}
