import { type Refusal, unauthentic } from "../provider.ts";

const sha256Digits = 64;
const notHex = /[^0-9a-fA-F]/;

/**
 * Why a hex SHA-256 signature is refused, or undefined. Exactly 64 hex digits after the prefix: a lenient decoder
 * would stop at the first bad character, or fold `"\u0130"` to a digit. Upper case is accepted, as the senders' own
 * verifiers do.
 */
export function checkHexSignature(text: string | undefined, prefix = ""): Refusal | undefined {
  if (text === undefined || text === "") return unauthentic("missing-signature");
  const digits = prefix === "" ? text : text.slice(prefix.length);
  const isHex = digits.length === sha256Digits && !notHex.test(digits) && text.startsWith(prefix);
  return isHex ? undefined : unauthentic("malformed-signature");
}

/** The digits of a signature that {@link checkHexSignature} has let pass, in the one spelling that is compared. */
export function hexDigits(text: string | undefined, prefix = ""): string {
  return (text ?? "").slice(prefix.length).toLowerCase();
}
