/**
 * Whether this is Cloudflare's runtime, where a socket belongs to the request that opened it: any other request that
 * uses it hangs or fails.
 * https://developers.cloudflare.com/workers/runtime-apis/web-standards/#navigatoruseragent
 */
export function isWorkerd(): boolean {
  const { navigator } = globalThis as { navigator?: { userAgent?: string } };
  return navigator?.userAgent === "Cloudflare-Workers";
}
