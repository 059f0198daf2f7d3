import { LatchhookError } from "../errors.ts";
import type { InboxOptions } from "../inbox.ts";
import { isKeptHeader } from "./kept-headers.ts";

/** An inbox's options, with all defaults filled in. */
export interface InboxSettings {
  readonly body: "none" | "failed" | "all";
  /** For how long bodies are kept, in milliseconds. */
  readonly bodyRetainMs: number;
  /** For how long all of it is kept, in milliseconds. */
  readonly retainMs: number;
  /** Names in lower case. */
  readonly headers: readonly string[];
  readonly redact: readonly string[];
  /** The first encrypts; without any, bodies are kept as they came. */
  readonly keys: readonly Uint8Array<ArrayBuffer>[];
}

const dayMs = 86_400_000;
const longestDays = 3_650;

/**
 * Fills in the defaults of an inbox, and checks what was set.
 *
 * @throws LatchhookError `invalid-option`, naming the option and what to set.
 */
export function resolveInbox(options: InboxOptions): InboxSettings {
  demand(
    typeof options === "object" && options !== null && !Array.isArray(options),
    'must be an object such as { body: "failed" }; leave it out for none.',
  );
  const { body = "failed", days = 30, bodyDays = Math.min(14, days), headers = [], redact = [] } = options;
  demand(["none", "failed", "all"].includes(body), '.body must be "none", "failed" or "all".');
  demand(isDays(days), `.days must be above 0 and at most ${longestDays}.`);
  demand(
    isDays(bodyDays) && bodyDays <= days,
    `.bodyDays must be above 0 and at most days, which is ${days}.`,
  );
  demand(isTexts(headers), '.headers must be a list of names, such as ["user-agent"].');
  const secret = headers.find((name) => !isKeptHeader(name.toLowerCase()));
  demand(
    secret === undefined,
    `.headers names ${JSON.stringify(secret)}: signatures, authorization, cookies, tokens and keys are never kept. Leave it out.`,
  );
  demand(isTexts(redact), '.redact must be a list of paths, such as ["data.prompt"].');
  return {
    body,
    bodyRetainMs: bodyDays * dayMs,
    retainMs: days * dayMs,
    headers: headers.map((name) => name.toLowerCase()),
    redact,
    keys: encryptionKeys(options.encrypt),
  };
}

function encryptionKeys(encrypt: InboxOptions["encrypt"]): readonly Uint8Array<ArrayBuffer>[] {
  if (encrypt === undefined) return [];
  const texts: readonly unknown[] = Array.isArray(encrypt) ? encrypt : [encrypt];
  demand(texts.length > 0, ".encrypt needs a key; leave it out to keep bodies as they came.");
  return texts.map((text) => {
    const bytes = typeof text === "string" ? base64(text.trim()) : undefined;
    demand(
      bytes?.byteLength === 32,
      ".encrypt needs 32 bytes in base64: make a key by `openssl rand -base64 32`.",
    );
    return bytes;
  });
}

function base64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9+/]{43}=?$/.test(text)) return undefined;
  return Uint8Array.from(atob(text.replace(/=$/, "")), (character) => character.charCodeAt(0));
}

function isDays(value: unknown): boolean {
  return typeof value === "number" && value > 0 && value <= longestDays;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === "string" && text !== "");
}

function demand(condition: boolean, message: string): asserts condition {
  if (!condition) {
    const option = message.startsWith(".") ? `inbox${message}` : `inbox ${message}`;
    throw new LatchhookError("invalid-option", option);
  }
}
