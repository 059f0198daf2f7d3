import { type Job, toJob } from "../../event.ts";
import { decodeText, type ParsedObject } from "../../reading/json.ts";
import { matches } from "../../reading/matches.ts";
import { qstashCallback, qstashFailureCallback } from "./payloads.ts";

/** A message is whatever was published: JSON, else text, else bytes, as `content`. */
export function parseMessage(body: Uint8Array): ParsedObject {
  const text = decodeText(body);
  if (text === undefined) {
    // One character for each byte.
    return { ok: true, value: { content: body }, text: new TextDecoder("latin1").decode(body) };
  }
  try {
    return { ok: true, value: { content: JSON.parse(text) }, text };
  } catch {
    return { ok: true, value: { content: text }, text };
  }
}

interface MessageKind {
  readonly type: "message" | "callback" | "failure-callback";
  readonly job: Job | null;
}

/** What a message is by its shape. A callback is about the message that was delivered, or not, to its destination. */
export function kindOf(content: unknown): MessageKind {
  if (!matches(qstashCallback, content)) return { type: "message", job: null };
  const { sourceMessageId, status, retried, maxRetries } = content;
  if (matches(qstashFailureCallback, content)) {
    return { type: "failure-callback", job: toJob(sourceMessageId, "failed") };
  }
  if (status >= 200 && status < 300) return { type: "callback", job: toJob(sourceMessageId, "completed") };
  const isLast = typeof retried === "number" && typeof maxRetries === "number" && retried >= maxRetries;
  return { type: "callback", job: toJob(sourceMessageId, isLast ? "failed" : "processing") };
}
