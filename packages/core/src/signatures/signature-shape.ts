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
  const { digits, padding } = textLengths(encoding, byteLengths[algorithm]);
  const strange = strangeCharacters[encoding];
  return {
    read(text) {
      if (text.length !== prefix.length + digits + padding || !text.startsWith(prefix)) return undefined;
      const signature = text.slice(prefix.length);
      // Looking for what does not belong is twice as fast as matching what does.
      if (!strange.test(signature)) return isPadded(signature, digits) ? signature : undefined;
      // Base64 has all that hex has: what is strange in it is strange in hex too.
      return strangeInHex.test(signature) ? undefined : signature.toLowerCase();
    },
  };
}

const strangeCharacters: Readonly<Record<SignatureEncoding, RegExp>> = {
  hex: /[^0-9a-f]/,
  base64: /[^A-Za-z0-9+/=]/,
  base64url: /[^A-Za-z0-9_-]/,
};
const strangeInHex = /[^0-9a-fA-F]/;

/** Whether there is padding after the digits and nowhere else. */
function isPadded(text: string, digits: number): boolean {
  const at = text.indexOf("=");
  if (at === -1) return text.length === digits;
  return at === digits && (text.length === digits + 1 || text.endsWith("=="));
}

function textLengths(
  encoding: SignatureEncoding,
  byteLength: number,
): { readonly digits: number; readonly padding: number } {
  if (encoding === "hex") return { digits: byteLength * 2, padding: 0 };
  const digits = Math.ceil((byteLength * 8) / 6);
  return { digits, padding: encoding === "base64" ? Math.ceil(digits / 4) * 4 - digits : 0 };
}
