import { LatchhookError } from "../errors.ts";
import type { Provider, Refusal, SignedRequest, Verified } from "../provider.ts";
import type { HeaderSource } from "../request/headers.ts";
import { isPromiseLike, type MaybePromise } from "../shared/maybe-promise.ts";
import { type ReadSignatures, type SignatureHeaders, signatureReader } from "./signature-headers.ts";
import type { SignatureShape } from "./signature-shape.ts";
import { type ContentPart, signedContent } from "./signed-content.ts";
import { checkTimestamp, resolveTolerance, type TimestampUnit } from "./timestamp.ts";

/** How a sender's requests are verified: what a provider takes from a scheme. */
export type SignatureScheme = Pick<Provider, "precheck" | "verify">;

/** What all schemes with one signature header share. */
export interface SignatureSchemeOptions {
  /** The provider's factory, as error messages name it. */
  readonly provider: string;
  /** Where signature and timestamp are. */
  readonly headers: SignatureHeaders;
  /** What is signed, in the sender's order and with its delimiters: `[timestamp, ".", body]`. */
  readonly content: readonly ContentPart[];
  /** Default: `seconds`. */
  readonly timestampUnit?: TimestampUnit | undefined;
  /** How far the timestamp may be from the clock, either way, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
}

/** Tries the signatures over the content, text before and after the body's bytes. */
export type TrySignatures = (
  request: SignedRequest,
  prefix: string,
  body: Uint8Array,
  suffix: string,
  signatures: readonly string[],
) => MaybePromise<Verified | Refusal>;

const noBytes = new Uint8Array(0);

/**
 * The part of verifying that needs no key: headers, shapes, freshness, and the content that was signed.
 *
 * @throws LatchhookError `invalid-option` for a content or a tolerance that cannot be.
 */
export function signatureScheme(
  options: SignatureSchemeOptions,
  shape: SignatureShape,
  trySignatures: TrySignatures,
): SignatureScheme {
  const { provider, timestampUnit = "seconds" } = options;
  const tolerance = resolveTolerance(provider, options.toleranceSeconds);
  const content = signedContent(provider, options.content);
  const read = signatureReader(options.headers, shape);
  if (typeof options.headers !== "function")
    checkTimestampIsSigned(options.headers, content.hasTimestamp, provider);

  function check(headers: HeaderSource, receivedAt: number): ReadSignatures | Refusal {
    const found = read(headers);
    if (!found.ok) return found;
    const refusal =
      content.check(headers) ??
      (content.hasTimestamp
        ? checkTimestamp(found.timestamp, receivedAt, tolerance, timestampUnit)
        : undefined);
    return refusal ?? found;
  }

  return {
    precheck({ headers, receivedAt = Date.now() }) {
      const checked = check(headers, receivedAt);
      return checked.ok ? undefined : checked;
    },
    verify(request) {
      const checked = check(request.headers, request.receivedAt ?? Date.now());
      if (!checked.ok) return checked;
      const texts = content.assemble(request, checked.timestamp ?? "");
      const body = content.hasBody ? request.body : noBytes;
      return isPromiseLike(texts)
        ? texts.then(({ prefix, suffix }) => trySignatures(request, prefix, body, suffix, checked.signatures))
        : trySignatures(request, texts.prefix, body, texts.suffix, checked.signatures);
    },
  };
}

/** A timestamp that is read must be signed, and one that is signed must be read: the other proves nothing. */
function checkTimestampIsSigned(
  names: { readonly timestamp?: string | undefined },
  isSigned: boolean,
  provider: string,
): void {
  if ((names.timestamp !== undefined) === isSigned) return;
  throw new LatchhookError(
    "invalid-option",
    `${provider}: name the timestamp in headers and put it into content, or neither; one alone proves nothing.`,
  );
}
