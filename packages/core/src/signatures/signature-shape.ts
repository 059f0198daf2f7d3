import type { HashAlgorithm, SignatureEncoding } from "../crypto/crypto.ts";

/** The bytes of a signature, by what makes it. */
const byteLengths: Readonly<Record<HashAlgorithm | "ed25519", number>> = {
  sha1: 20,
  sha256: 32,
  sha512: 64,
  ed25519: 64,
};

/** How a signature must look, prefix included. */
export interface SignatureShape {
  /** The signature without its prefix, in the one spelling that is compared; undefined where it is misshapen. */
  readonly read: (text: string) => string | undefined;
}

/**
 * Exactly the digits of the algorithm after the prefix: a lenient decoder would stop at the first bad character, or
 * fold `"\u0130"` to a digit. Upper-case hex is accepted, as the senders' own verifiers do.
 */
export function signatureShape(
  algorithm: HashAlgorithm | "ed25519",
  encoding: SignatureEncoding,
  prefix = "",
): SignatureShape {
  const before = `^${prefix.replace(/[^A-Za-z0-9]/g, "\\$&")}`;
  const exact = new RegExp(`${before}${digits(encoding, byteLengths[algorithm])}$`);
  const shouted = encoding === "hex" ? new RegExp(exact.source.replace("0-9a-f", "0-9a-fA-F")) : undefined;
  const { length } = prefix;
  return {
    read(text) {
      if (exact.test(text)) return length === 0 ? text : text.slice(length);
      return shouted?.test(text) === true ? text.slice(length).toLowerCase() : undefined;
    },
  };
}

function digits(encoding: SignatureEncoding, byteLength: number): string {
  if (encoding === "hex") return `[0-9a-f]{${byteLength * 2}}`;
  const count = Math.ceil((byteLength * 8) / 6);
  if (encoding === "base64url") return `[A-Za-z0-9_-]{${count}}`;
  return `[A-Za-z0-9+/]{${count}}${"=".repeat(Math.ceil(count / 4) * 4 - count)}`;
}
