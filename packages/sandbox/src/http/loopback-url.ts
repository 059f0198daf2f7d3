/** The URL, where it is one of this machine; else undefined. The sandbox delivers nowhere else. */
export function loopbackUrl(value: unknown): URL | undefined {
  if (typeof value !== "string" || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  const local = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  return local && url.protocol === "http:" && url.username === "" && url.password === "" ? url : undefined;
}
