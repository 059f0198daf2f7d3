import type { WebhookEvent } from "../event.ts";
import type { Handshake, Provider } from "../provider.ts";
import type { Trusted } from "../reading/trust.ts";
import { type HeaderSource, readHeader } from "../request/headers.ts";

/** Names and values, names in lower case. */
export type HeaderPairs = readonly (readonly [string, string])[];

/** What a header is called that lets its reader in, or proves who wrote the request. */
const secretName = /signature|authorization|cookie|secret|token|password|credential|hmac|api-?key|auth-?key/;

/** Whether a header may be kept. */
export function isKeptHeader(name: string): boolean {
  return !secretName.test(name);
}

/** The headers of these names that are there and may be kept. */
export function keepHeaders(headers: HeaderSource, names: Iterable<string>): HeaderPairs {
  const kept: (readonly [string, string])[] = [];
  for (const name of names) {
    const value = isKeptHeader(name) ? readHeader(headers, name) : undefined;
    if (value !== undefined) kept.push([name, value]);
  }
  return kept;
}

/**
 * The headers that the provider looks at when it reads the delivery: the name of the event, for instance. Without them the
 * body alone might be read as something else. Of those that may not be kept it is kept that they were there, with no
 * value, for that may say which of its names a sender uses.
 */
export function headersRead(provider: Provider<WebhookEvent, Handshake>, trusted: Trusted): HeaderPairs {
  const { headers, body, receivedAt } = trusted;
  const kept = new Map<string, string>();
  const noting = {
    get(anyCase: string): string | null {
      const name = anyCase.toLowerCase();
      const value = readHeader(headers, name);
      if (value === undefined) return null;
      kept.set(name, isKeptHeader(name) ? value : "");
      return value;
    },
  };
  provider.read({ headers: noting, body, receivedAt });
  return [...kept];
}
