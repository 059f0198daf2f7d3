/**
 * Whether a request was made by the page itself. Browsers say so in `Sec-Fetch-Site`, which no page can set; over plain
 * http they leave it out, and there the `Origin` must be the configured one.
 * https://www.w3.org/TR/fetch-metadata/
 */
export function isSameOrigin(headers: Headers, origin: string | undefined): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  return origin !== undefined && headers.get("origin") === origin;
}
