import { LatchhookError } from "@latchhook/core";

const loopbackHosts: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether a URL's host is this machine. */
export function isLoopback(url: URL): boolean {
  return loopbackHosts.has(url.hostname);
}

/**
 * The sender's address. A trailing `/v1` is taken off, for the senders' own SDKs include it and the paths here do too.
 *
 * @throws LatchhookError `invalid-option` unless it is https (or http to this machine) without user, query or fragment.
 */
export function resolveBaseUrl(factory: string, baseUrl: string): URL {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  const secure = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url));
  if (url === undefined || !secure || `${url.username}${url.password}${url.search}${url.hash}` !== "") {
    throw new LatchhookError(
      "invalid-option",
      `${factory}: baseUrl must be an https URL (http only to localhost) without user, query or fragment: the API key is sent there.`,
    );
  }
  url.pathname = url.pathname.replace(/\/+$/, "").replace(/\/v1$/, "");
  return url;
}

const longestSegment = 512;

/**
 * `base` followed by `segments`, each encoded as one; undefined where one is empty, too long or could leave its place.
 * `.` and `..` stay dots under `encodeURIComponent`, and some proxies decode `%2F`, so an id that walks is refused.
 */
export function joinPath(base: URL, segments: readonly string[]): URL | undefined {
  const encoded = segments.map(encodeSegment);
  if (encoded.includes(undefined)) return undefined;
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/$/, "")}/${encoded.join("/")}`;
  return url;
}

function encodeSegment(segment: string): string | undefined {
  const walks = segment.split(/[\\/]/).some((part) => part === "." || part === "..");
  if (segment === "" || segment.length > longestSegment || walks) return undefined;
  try {
    return encodeURIComponent(segment);
  } catch {
    // A lone surrogate has no UTF-8.
    return undefined;
  }
}
