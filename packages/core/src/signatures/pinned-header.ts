import { type Refusal, type SignedRequest, unauthentic } from "../provider.ts";
import { readHeader } from "../request/headers.ts";
import type { SignatureScheme } from "./signature-scheme.ts";

export interface PinnedHeaderOptions {
  /** The header's name in lower case; the scheme must sign it. */
  readonly header: string;
  /** What it may be. */
  readonly values: readonly string[];
}

/**
 * A scheme that also wants a signed header to be one of few: the account. Senders with one public key sign for all their
 * customers, and any of these can have an authentic request sent here. Refused before a key is looked for.
 */
export function pinnedHeader(
  scheme: SignatureScheme,
  { header, values }: PinnedHeaderOptions,
): SignatureScheme {
  function precheck(request: Omit<SignedRequest, "body">): Refusal | undefined {
    const refusal = scheme.precheck(request);
    if (refusal !== undefined) return refusal;
    return values.includes(readHeader(request.headers, header) ?? "")
      ? undefined
      : unauthentic("wrong-audience");
  }
  return { precheck, verify: (request) => precheck(request) ?? scheme.verify(request) };
}
