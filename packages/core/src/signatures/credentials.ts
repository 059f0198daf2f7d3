import { type Refusal, unauthentic } from "../provider.ts";
import { type HeaderSource, readHeader } from "../request/headers.ts";

/** A header whose whole value, or what follows a scheme in it, proves who sends. */
export interface CredentialsHeader {
  /** The header's name in lower case. */
  readonly header: string;
  /** What stands before them, in lower case. Default: nothing. */
  readonly scheme?: "basic" | "bearer" | undefined;
}

/** What the header holds, without its scheme; a refusal where it is absent or of another scheme. */
export function readCredentials(
  headers: HeaderSource,
  { header, scheme }: CredentialsHeader,
): string | Refusal {
  const value = readHeader(headers, header);
  if (value === undefined || value.trim() === "") return unauthentic("missing-signature");
  if (scheme === undefined) return value;
  // Schemes count the same in either case (RFC 9110, section 11.1).
  const start = `${scheme} `;
  if (value.slice(0, start.length).toLowerCase() !== start) return unauthentic("malformed-signature");
  return value.slice(start.length);
}
