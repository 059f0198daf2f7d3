/**
 * Where header values are read from: a Fetch `Headers`, anything with its `get`, or a plain record in the shape of
 * Node's `request.headers`. Names in a record match in any case.
 */
export type HeaderSource =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * The value of one header, or undefined where it is absent. A field that came in several lines is joined with `", "`,
 * as HTTP does (RFC 9110, section 5.3), so that every strict parser after this one refuses it.
 *
 * @param name the header's name in lower case.
 */
export function readHeader(headers: HeaderSource, name: string): string | undefined {
  if (hasGet(headers)) return headers.get(name) ?? undefined;
  const value = headers[name];
  if (typeof value === "string") return value;
  const values = Array.isArray(value) ? value : findInAnyCase(headers, name);
  return values.length > 0 ? values.join(", ") : undefined;
}

function hasGet(headers: HeaderSource): headers is { get(name: string): string | null } {
  return typeof headers.get === "function";
}

function findInAnyCase(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  name: string,
): readonly string[] {
  let found: readonly string[] = none;
  for (const key in headers) {
    if (key.length === name.length && key.toLowerCase() === name) found = found.concat(headers[key] ?? none);
  }
  return found;
}

const none: readonly string[] = [];

/** A Fetch `Headers` with all that `headers` holds. HTTP/2 pseudo-headers (`:path`) are left out. */
export function toHeaders(headers: HeaderSource): Headers {
  if (headers instanceof Headers) return headers;
  const result = new Headers();
  // Headers of another realm, or of a library, have no properties of their own.
  const entries: Iterable<readonly [string, unknown]> =
    Symbol.iterator in headers ? (headers as Headers) : Object.entries(headers);
  for (const [name, value] of entries) {
    if (name.startsWith(":")) continue;
    for (const line of Array.isArray(value) ? value : [value]) {
      if (typeof line === "string") result.append(name, line);
    }
  }
  return result;
}
