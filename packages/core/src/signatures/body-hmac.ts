import { importHmacKey, verifyHmac } from "#crypto";
import type { HmacKey } from "../crypto/crypto.ts";
import type { Provider, Refusal, SignedRequest } from "../provider.ts";
import { readHeader } from "../request/headers.ts";
import { checkHexSignature, hexDigits } from "./hex-signature.ts";
import { matchKey } from "./match-key.ts";
import { keyRing, type SecretOption, utf8Secret } from "./secrets.ts";

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

  function precheck({ headers }: Pick<SignedRequest, "headers">): Refusal | undefined {
    return checkHexSignature(readHeader(headers, options.signatureHeader), prefix);
  }

  return {
    precheck,
    verify(request) {
      const refusal = precheck(request);
      if (refusal !== undefined) return refusal;
      const signatures = [hexDigits(readHeader(request.headers, options.signatureHeader), prefix)];
      return matchKey(ring, request, (key) => verifyHmac(key, "", request.body, signatures, "hex"));
    },
  };
}
