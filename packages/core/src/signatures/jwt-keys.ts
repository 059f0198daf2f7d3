import type { JWK } from "jose";
import type { JsonObject } from "../reading/json.ts";
import { type KeySet, type KeySetOptions, keySet } from "./key-set.ts";
import { type KeyRing, keyRing, type SecretOption } from "./secrets.ts";
import { warnOfWeakSecret } from "./weak-secret.ts";

/** A secret's bytes, or a public key as a sender publishes it. */
export type JwtKey = Uint8Array | JWK;

export interface JwtSecretOptions {
  /** The provider's factory, as error messages name it. */
  readonly provider: string;
  readonly secret: SecretOption | undefined;
  /** Read where `secret` is left out. */
  readonly environmentVariable: string;
}

/**
 * The keys of a provider's secret, for `HS256`: the UTF-8 of the text.
 *
 * @throws LatchhookError `missing-secret`
 */
export function jwtSecretRing(options: JwtSecretOptions): KeyRing<JwtKey> {
  return keyRing({
    ...options,
    importKey(secret) {
      warnOfWeakSecret(options.provider, secret);
      return new TextEncoder().encode(secret.trim());
    },
  });
}

/**
 * The RSA keys, of 2048 bits and more, that a sender publishes, for `RS256`.
 *
 * @throws LatchhookError `invalid-option` for a URL that is not `https`.
 */
export function jwtKeySet(options: Omit<KeySetOptions<JwtKey>, "importKey">): KeySet<JwtKey> {
  return keySet({ ...options, importKey: importRsaKey });
}

function importRsaKey({ kty, kid, n, e, use = "sig", alg = "RS256" }: JsonObject): JWK | undefined {
  if (kty !== "RSA" || use !== "sig" || alg !== "RS256") return undefined;
  if (typeof n !== "string" || typeof e !== "string" || !/^[\w-]{342,}$/.test(n) || !/^[\w-]+$/.test(e)) {
    return undefined;
  }
  return { kty, n, e, alg, ...(typeof kid === "string" ? { kid } : {}) };
}
