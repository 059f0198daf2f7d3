import { importHmacKey, verifyHmac } from "#crypto";
import type { HmacKey } from "../crypto/crypto.ts";
import { type HeaderSource, readHeader } from "../headers.ts";
import { type Provider, type Refusal, unauthentic } from "../provider.ts";
import { keyRing, type SecretOption, utf8Secret } from "../secrets.ts";
import { checkHexSignature } from "./hex-signature.ts";
import { matchKey } from "./match-key.ts";

export interface BodyHmacOptions {
  /** The provider's factory, as error messages name it. */
  readonly provider: string;
  readonly secret: SecretOption | undefined;
  readonly environmentVariable: string;
  /** The header that carries the signature, in lower case. */
  readonly signatureHeader: string;
}

const prefix = "sha256=";

/**
 * `sha256=` and the hex HMAC-SHA256 of the body alone; GitHub's construction. The key is the UTF-8 of the secret.
 * No time is signed, so a captured request stays valid: only a dedupe record stands against its replay.
 */
export function bodyHmac(options: BodyHmacOptions): Pick<Provider, "precheck" | "verify"> {
  const ring = keyRing<HmacKey>({ ...options, importKey: (secret) => importHmacKey(utf8Secret(secret)) });

  function signatureOf(headers: HeaderSource): string | Refusal {
    const text = readHeader(headers, options.signatureHeader);
    if (text === undefined || text === "") return unauthentic("missing-signature");
    return text.startsWith(prefix)
      ? checkHexSignature(text.slice(prefix.length))
      : unauthentic("malformed-signature");
  }

  return {
    precheck({ headers }) {
      const signature = signatureOf(headers);
      return typeof signature === "string" ? undefined : signature;
    },
    verify(request) {
      const signature = signatureOf(request.headers);
      if (typeof signature !== "string") return signature;
      const signatures = [signature];
      return matchKey(ring, request, (key) => verifyHmac(key, "", request.body, signatures, "hex"));
    },
  };
}
