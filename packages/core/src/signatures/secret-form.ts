import { LatchhookError } from "../errors.ts";

/**
 * How a sender's secret becomes a key. Senders that show the same `whsec_…` differ in this.
 *
 * - `utf8`: the UTF-8 of the whole text, whatever its prefix (AI Stats, Stripe, GitHub, Polar until September 2026).
 * - `utf8-after-prefix`: the UTF-8 of what follows the prefix (WaveSpeed).
 * - `base64`: base64, with or without the prefix (Standard Webhooks).
 * - `base64-or-utf8`: base64 after the prefix; without it the UTF-8 of the text (OpenAI).
 */
export type SecretForm = "utf8" | "utf8-after-prefix" | "base64" | "base64-or-utf8";

export interface SecretFormOptions {
  /** The provider's factory, as error messages name it. */
  readonly provider: string;
  readonly form: SecretForm;
  /** What the sender puts before a secret. Default: `whsec_`. */
  readonly prefix?: string | undefined;
  /** The fewest bytes that a base64 secret may have. Default: 16; the specification asks for 24, some issue 16. */
  readonly minimumBytes?: number | undefined;
}

/**
 * The key bytes of a secret, without the white space that copying adds.
 *
 * @throws LatchhookError `invalid-secret`, naming the form that is needed and what is wrong with this one.
 */
export function secretBytes(
  secret: string,
  { provider, form, prefix = "whsec_", minimumBytes = 16 }: SecretFormOptions,
): Uint8Array<ArrayBuffer> {
  const text = secret.trim();
  if (form === "utf8") return encoder.encode(text);
  // Supabase shows the version of the signature in front of the secret.
  const shown = text.startsWith(`v1,${prefix}`) ? text.slice("v1,".length) : text;
  const hasPrefix = shown.startsWith(prefix);
  if (form === "base64-or-utf8" && !hasPrefix) return encoder.encode(text);
  const rest = hasPrefix ? shown.slice(prefix.length) : shown;
  if (form === "utf8-after-prefix") return encoder.encode(rest);
  return base64Bytes(rest, { provider, what: "secret", prefix, minimumBytes });
}

const encoder = new TextEncoder();

export interface Base64Options {
  readonly provider: string;
  /** What it is, as error messages name it. */
  readonly what: "secret" | "publicKey";
  readonly prefix: string;
  readonly minimumBytes: number;
}

/**
 * The bytes of strict base64, padded or not, whose prefix is already off.
 *
 * @throws LatchhookError `invalid-secret`
 */
export function base64Bytes(text: string, options: Base64Options): Uint8Array<ArrayBuffer> {
  const { provider, what, prefix, minimumBytes } = options;
  const digits = text.replace(/={1,2}$/, "");
  const problem = base64Problem(digits, what);
  if (problem !== undefined) {
    throw new LatchhookError(
      "invalid-secret",
      `${provider}: the ${what} ${problem}. This sender's is ${prefix} and base64; one that keys by the text itself has another secret form.`,
    );
  }
  const bytes = Uint8Array.from(atob(digits), (character) => character.charCodeAt(0));
  if (bytes.length < minimumBytes) {
    throw new LatchhookError(
      "invalid-secret",
      `${provider}: the ${what} has ${bytes.length} bytes; at least ${minimumBytes} are needed. Copy it whole.`,
    );
  }
  return bytes;
}

/** What is wrong with a text that should be base64, told without showing it. */
function base64Problem(text: string, what: Base64Options["what"]): string | undefined {
  if (text.startsWith("whpk_")) return "is a public key (whpk_): pass it as { publicKey }";
  if (text.startsWith("whsk_")) return "is a private key (whsk_), which only the sender may have";
  if (text.startsWith("whsec_") && what === "publicKey") return "is a secret (whsec_): pass it as { secret }";
  if (/^["'`]|["'`]$/.test(text)) return "has quotation marks around it: leave them out";
  if (/\s/.test(text)) return "has white space inside: it was not copied whole, or is several";
  const outside = text.search(/[^A-Za-z0-9+/]/);
  if (outside >= 0)
    return `is not base64: character ${outside + 1} after the prefix is none of A-Z a-z 0-9 + /`;
  if (text === "" || text.length % 4 === 1) return "is not base64: by its length a part of it is missing";
  return undefined;
}

/** The bytes of exactly `byteLength` in hex, or undefined. */
export function hexBytes(text: string, byteLength: number): Uint8Array<ArrayBuffer> | undefined {
  if (text.length !== byteLength * 2 || /[^0-9a-fA-F]/.test(text)) return undefined;
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
