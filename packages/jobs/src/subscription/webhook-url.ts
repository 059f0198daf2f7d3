import ipaddr from "ipaddr.js";

/** Why a webhook's URL is refused. */
export type UrlRule =
  | "url-missing"
  | "url-malformed"
  | "url-too-long"
  | "url-not-https"
  | "url-has-credentials"
  | "url-host-not-public";

export interface SubscriptionError {
  /** The member that was refused: `url`, `endpoint_id`, `secret` or `events`. */
  readonly entry: string;
  readonly rule:
    | UrlRule
    | "endpoint-id-not-text"
    | "endpoint-with-url"
    | "events-not-a-list"
    | "events-none-valid"
    | "secret-not-text";
  /** What is wrong and what to send instead. Holds neither the secret nor a URL's credentials. */
  readonly message: string;
}

export interface WebhookUrlOptions {
  /** Whether `http://localhost`, `http://127.0.0.1` and `http://[::1]` may pass. Default: false. */
  readonly development?: boolean | undefined;
}

export type CheckedUrl =
  | { readonly ok: true; readonly url: string }
  | { readonly ok: false; readonly error: SubscriptionError };

const longestUrl = 2_048;
const developmentHosts: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);
const privateNames: readonly string[] = ["localhost", "localdomain", "local", "internal", "home.arpa", "lan"];

/**
 * Whether senders would deliver to this URL: https, and a host that is not literally this machine or a private,
 * link-local, wildcard or reserved address, however it is spelt. Names are not resolved: a name that points to a
 * private address is for the sender to refuse, at the moment it connects.
 */
export function checkWebhookUrl(url: unknown, { development = false }: WebhookUrlOptions = {}): CheckedUrl {
  if (typeof url !== "string" || url.trim() === "") return refuse("url-missing", "is missing");
  if (url.length > longestUrl) return refuse("url-too-long", `is longer than ${longestUrl} characters`);
  // The URL parser itself folds decimal, octal and hex addresses, full-width digits and escapes into one spelling.
  if (!URL.canParse(url)) return refuse("url-malformed", "is not a URL");
  const parsed = new URL(url);
  if (parsed.username !== "" || parsed.password !== "") {
    return refuse("url-has-credentials", "holds a user or a password; senders show it to others");
  }
  const local = developmentHosts.has(parsed.hostname);
  if (development && local && ["http:", "https:"].includes(parsed.protocol))
    return { ok: true, url: parsed.href };
  if (parsed.protocol !== "https:") {
    return refuse(
      "url-not-https",
      local ? "is on this machine; allow it with { development: true }" : "is not https",
    );
  }
  return isPublicHost(parsed.hostname)
    ? { ok: true, url: parsed.href }
    : refuse("url-host-not-public", "names a host that is not on the public internet");
}

function isPublicHost(hostname: string): boolean {
  const host = hostname
    .replace(/^\[|\]$/g, "")
    .replace(/\.+$/, "")
    .toLowerCase();
  if (ipaddr.isValid(host)) return isPublicAddress(host);
  // A name without a dot is looked up in the local domain.
  if (!host.includes(".")) return false;
  return !privateNames.some((name) => host.endsWith(`.${name}`));
}

const compatibleRange = ipaddr.parseCIDR("::/96") as [ipaddr.IPv6, number];

/** Unicast and nothing else: no mapped, translated or tunnelled IPv4, and not the old `::a.b.c.d` form either. */
function isPublicAddress(host: string): boolean {
  const address = ipaddr.parse(host);
  if (address.range() !== "unicast") return false;
  return !(address instanceof ipaddr.IPv6) || !address.match(compatibleRange);
}

function refuse(rule: UrlRule, problem: string): CheckedUrl {
  return { ok: false, error: { entry: "url", rule, message: `The webhook's url ${problem} (${rule}).` } };
}
