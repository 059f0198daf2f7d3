import { LatchhookError } from "../errors.ts";

/**
 * The URL that a sender signs, as it is configured there: character by character, for it is signed text. It never comes
 * from the request, whose `Host` and path are chosen by whoever sends it.
 *
 * @throws LatchhookError `invalid-option` unless it is an absolute `http` or `https` URL without a fragment.
 */
export function signedUrl(provider: string, url: string): string {
  const isUrl = typeof url === "string" && /^https?:\/\/[^\s#]+$/.test(url) && URL.canParse(url);
  if (isUrl) return url;
  throw new LatchhookError(
    "invalid-option",
    `${provider}: url must be the absolute URL of this endpoint, exactly as it is entered at the sender: the sender signs it.`,
  );
}
