/** A Lua script, and the digest under which Redis keeps it. */
export interface Script {
  readonly source: string;
  /** Computed when it is first asked for. */
  readonly sha1: () => Promise<string>;
}

export function toScript(source: string): Script {
  let sha1: Promise<string> | undefined;
  return {
    source,
    sha1() {
      sha1 ??= hexSha1(source);
      return sha1;
    },
  };
}

/** By the platform's Web Crypto: `node:crypto` is not everywhere. */
async function hexSha1(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
