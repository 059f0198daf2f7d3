import { importHmacKey, verifyHmac } from "#crypto";
import type { HmacKey } from "../crypto/crypto.ts";
import type { Provider, Refusal } from "../provider.ts";
import { type HeaderSource, readHeader } from "../request/headers.ts";
import { checkHexSignature, hexDigits } from "./hex-signature.ts";
import { matchKey } from "./match-key.ts";
import { keyRing, type SecretOption, utf8Secret } from "./secrets.ts";
import { checkTimestamp, resolveTolerance } from "./timestamp.ts";

export interface TimestampedHmacOptions {
  /** The provider's factory, as error messages name it. */
  readonly provider: string;
  readonly secret: SecretOption | undefined;
  readonly environmentVariable: string;
  /** How far the timestamp may be from the clock, either way, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
  /** Which headers carry timestamp and signature in this request, in lower case. */
  readonly headerNames: (headers: HeaderSource) => TimestampedHmacHeaders;
}

export interface TimestampedHmacHeaders {
  readonly timestamp: string;
  readonly signature: string;
}

/**
 * HMAC-SHA256, in hex, over `${timestamp}.${body}`; the timestamp is Unix seconds. The key is the UTF-8 of the whole
 * secret, whatever its prefix.
 */
export function timestampedHmac(options: TimestampedHmacOptions): Pick<Provider, "precheck" | "verify"> {
  const tolerance = resolveTolerance(options.provider, options.toleranceSeconds);
  const ring = keyRing<HmacKey>({ ...options, importKey: (secret) => importHmacKey(utf8Secret(secret)) });

  function check(headers: HeaderSource, receivedAt: number): Refusal | CheckedHeaders {
    const names = options.headerNames(headers);
    const signature = readHeader(headers, names.signature);
    const timestamp = readHeader(headers, names.timestamp);
    return (
      checkHexSignature(signature) ??
      checkTimestamp(timestamp, receivedAt, tolerance) ?? { ok: true, signature, timestamp }
    );
  }

  return {
    precheck({ headers, receivedAt = Date.now() }) {
      const checked = check(headers, receivedAt);
      return checked.ok ? undefined : checked;
    },
    verify(request) {
      const checked = check(request.headers, request.receivedAt ?? Date.now());
      if (!checked.ok) return checked;
      const prefix = `${checked.timestamp}.`;
      const signatures = [hexDigits(checked.signature)];
      return matchKey(ring, request, (key) => verifyHmac(key, prefix, request.body, signatures, "hex"));
    },
  };
}

interface CheckedHeaders {
  readonly ok: true;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
}
