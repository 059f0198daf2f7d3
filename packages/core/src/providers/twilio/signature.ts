import type { Refusal, SignedRequest, Verified } from "../../provider.ts";
import { formFields } from "../../reading/form.ts";
import { andThen, type MaybePromise } from "../../shared/maybe-promise.ts";
import { type HmacSignatureOptions, hmacSignature } from "../../signatures/hmac-signature.ts";
import type { SignatureScheme } from "../../signatures/signature-scheme.ts";
import { bodyHash, type ContentPart } from "../../signatures/signed-content.ts";
import { signedUrl } from "../../signatures/signed-url.ts";

export interface TwilioSignatureOptions extends Pick<HmacSignatureOptions, "secret"> {
  readonly url: string;
}

/**
 * HMAC-SHA1 over the URL and what belongs to it: of a form its parameters, sorted by name; of JSON, in the URL's query,
 * the hash of the body. Twilio may sign the URL with its standard port or without one, so both are tried.
 */
export function twilioSignature({ secret, url }: TwilioSignatureOptions): SignatureScheme {
  const schemesOf = (parts: (url: string) => readonly ContentPart[]): readonly SignatureScheme[] =>
    withAndWithoutPort(signedUrl("twilio", url)).map((one) =>
      hmacSignature({
        provider: "twilio",
        secret,
        environmentVariable: "TWILIO_AUTH_TOKEN",
        headers: { signature: "x-twilio-signature" },
        algorithm: "sha1",
        encoding: "base64",
        content: parts(one),
      }),
    );
  const forms = schemesOf((one) => [one, ({ body }) => twilioParameters(body) ?? unsigned]);
  const texts = schemesOf((one) => [one, one.includes("?") ? "&" : "?", "bodySHA256=", bodyHash]);

  return {
    precheck: (request) => forms[0]?.precheck(request),
    verify: (request) => verifyAny(isJson(request.body) ? texts : forms, request),
  };
}

/** No parameters: what stands in place of those that cannot be read matches no signature. */
const unsigned = "\0";

function verifyAny(
  [scheme, ...others]: readonly SignatureScheme[],
  request: SignedRequest,
): MaybePromise<Verified | Refusal> {
  return andThen((scheme as SignatureScheme).verify(request), (result) =>
    result.ok || others.length === 0 ? result : verifyAny(others, request),
  );
}

/** The URL as it is configured, then in the other form. */
function withAndWithoutPort(url: string): readonly string[] {
  const [, start = "", port, rest = ""] =
    /^(https?:\/\/[^/?:[]+|https?:\/\/\[[^\]]+\])(:\d+)?(.*)$/s.exec(url) ?? [];
  if (start === "") return [url];
  if (port !== undefined) return [url, `${start}${rest}`];
  return [url, `${start}${start.startsWith("https:") ? ":443" : ":80"}${rest}`];
}

/** Whether a body is JSON: a form escapes braces and brackets. The header that would say so is not signed. */
export function isJson(body: Uint8Array): boolean {
  return body[0] === 0x7b || body[0] === 0x5b;
}

/**
 * What is signed of a form: names and values sorted, one after another, nothing between them; a pair that comes twice
 * is there once. Undefined for what is no form, and for what could be taken for the query of a JSON body's URL.
 */
export function twilioParameters(body: Uint8Array): string | undefined {
  const form = formFields(body);
  if (!form.ok) return undefined;
  const sorted = form.fields.toSorted(
    ([name, value], [other, otherValue]) => compare(name, other) || compare(value, otherValue),
  );
  const once = sorted.filter(
    ([name, value], index) => sorted[index - 1]?.[0] !== name || sorted[index - 1]?.[1] !== value,
  );
  const text = once.flat().join("");
  return /^[?&]/.test(text) ? undefined : text;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
