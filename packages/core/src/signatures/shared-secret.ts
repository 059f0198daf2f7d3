import { equalTexts } from "#crypto";
import { LatchhookError } from "../errors.ts";
import { unauthentic } from "../provider.ts";
import { objectMember, parseJsonObject } from "../reading/json.ts";
import { queryParameter } from "../request/query-parameter.ts";
import { readCredentials } from "./credentials.ts";
import { matchKey } from "./match-key.ts";
import { keyRing, type SecretOption } from "./secrets.ts";
import type { SignatureScheme } from "./signature-scheme.ts";
import { warnOfWeakSecret } from "./weak-secret.ts";

/** Where a sender puts the secret itself. */
export type SecretPlace =
  /** In a header of its own, by its name in lower case. */
  | { readonly header: string }
  /**
   * In `Authorization`: after `Bearer`, or after `Basic` in base64; the secret of the latter is `user:password`, as it
   * stands in `https://user:password@example.com/`, percent-encoding undone.
   */
  | { readonly authorization: "bearer" | "basic" }
  /** In the JSON body, by the names on the way to it: `["metadata", "token"]`. */
  | { readonly member: readonly string[] }
  /**
   * In the query of the URL that was asked for, by its name, once. Never in the path: that is logged, and many a proxy
   * logs the query as well.
   */
  | { readonly query: string };

export interface SharedSecretOptions {
  /** The provider's factory, as error messages name it. */
  readonly provider: string;
  /** The option that `secret` came in, as error messages name it. Default: `secret`. */
  readonly option?: string | undefined;
  readonly secret: SecretOption | undefined;
  /** Read where `secret` is left out. */
  readonly environmentVariable: string;
  /** Where the sender puts it. */
  readonly place: SecretPlace;
}

/**
 * For senders that sign nothing and send a secret as it is. It is compared in constant time, and all of several are
 * tried. Refusals call the secret a signature, in whose place it stands.
 *
 * This is no signature: nothing binds the secret to the body or to a time. Whoever has seen one request, a proxy or a
 * log that keeps headers, can send any body at any time. Content and identity are believed on the sender's word, so
 * such a provider's readings are `undated`.
 *
 * @throws LatchhookError `missing-secret`, or `invalid-secret` for one that no header can carry.
 * @example
 * sharedSecret({
 *   provider: "acme",
 *   secret: options.secret,
 *   environmentVariable: "ACME_WEBHOOK_SECRET",
 *   place: { header: "x-acme-token" },
 * });
 */
export function sharedSecret(options: SharedSecretOptions): SignatureScheme {
  const { provider, place } = options;
  const ring = keyRing({
    provider,
    option: options.option,
    secret: options.secret,
    environmentVariable: options.environmentVariable,
    importKey(secret) {
      warnOfWeakSecret(provider, secret);
      return expectedText(provider, place, secret.trim());
    },
  });
  if ("member" in place || "query" in place) {
    return {
      precheck: ({ url }) =>
        "query" in place && queryParameter(url, place.query) === undefined
          ? unauthentic("missing-signature")
          : undefined,
      verify(request) {
        const sent =
          "member" in place ? memberAt(request.body, place.member) : queryParameter(request.url, place.query);
        if (sent === undefined) return unauthentic("missing-signature");
        return matchKey(ring, request, (expected) => equalTexts(expected, sent));
      },
    };
  }
  const from = "header" in place ? place : { header: "authorization", scheme: place.authorization };
  return {
    precheck({ headers }) {
      const sent = readCredentials(headers, from);
      return typeof sent === "string" ? undefined : sent;
    },
    verify(request) {
      const sent = readCredentials(request.headers, from);
      if (typeof sent !== "string") return sent;
      return matchKey(ring, request, (expected) => equalTexts(expected, sent));
    },
  };
}

/** The string at a path of members, or undefined: of a body that is no JSON object too. */
function memberAt(body: Uint8Array, path: readonly string[]): string | undefined {
  const parsed = parseJsonObject(body);
  let value: unknown = parsed.ok ? parsed.value : undefined;
  for (const name of path) value = objectMember(value)[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** What has to stand in the place. */
function expectedText(provider: string, place: SecretPlace, secret: string): string {
  if ("member" in place || "query" in place) return secret;
  if ("authorization" in place && place.authorization === "basic") {
    if (secret.includes(":")) return base64(secret);
    throw new LatchhookError(
      "invalid-secret",
      `${provider}: the secret must be "user:password", with a colon.`,
    );
  }
  if (/^[\x20-\x7e]*$/.test(secret)) return secret;
  throw new LatchhookError(
    "invalid-secret",
    `${provider}: the secret has characters that a header cannot carry; choose one of printable ASCII.`,
  );
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
