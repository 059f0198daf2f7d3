/** The path of a URL, absolute or not, without query and fragment; null where there is no URL. */
export function pathOf(url: string | undefined): string | null {
  if (url === undefined) return null;
  const scheme = url.indexOf("://");
  const start = url.startsWith("/") || scheme < 0 ? 0 : url.indexOf("/", scheme + 3);
  if (start < 0) return "/";
  const end = url.slice(start).search(/[?#]/);
  return end < 0 ? url.slice(start) : url.slice(start, start + end);
}
