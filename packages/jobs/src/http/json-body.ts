import { readStream } from "@latchhook/core";

export type JsonBody =
  /** `value` is undefined where the text is not JSON. An empty body is an empty object. */
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: "too-large" | "broken" };

/** Reads an answer to its end, within limits, and parses it. */
export async function readJsonBody(
  response: Response,
  limits: { readonly maxBytes: number; readonly timeoutMs: number },
): Promise<JsonBody> {
  if (response.body === null) return { ok: true, value: {} };
  const read = await readStream(response.body, limits);
  if (read.ok) return { ok: true, value: parse(new TextDecoder().decode(read.bytes)) };
  return { ok: false, reason: read.reason === "too-large" ? "too-large" : "broken" };
}

function parse(text: string): unknown {
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
