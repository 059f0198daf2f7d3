import { type Refusal, unauthentic } from "../provider.ts";

/**
 * A hex SHA-256 signature in lower case, or why it is refused. Exactly 64 hex digits: a lenient decoder would stop at
 * the first bad character, or fold `"\u0130"` to a digit. Upper case is accepted, as the senders' own verifiers do.
 */
export function checkHexSignature(text: string | undefined): string | Refusal {
  if (text === undefined || text === "") return unauthentic("missing-signature");
  if (!/^[0-9a-fA-F]{64}$/.test(text)) return unauthentic("malformed-signature");
  return text.toLowerCase();
}
