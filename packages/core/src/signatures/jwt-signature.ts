import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from "jose";
import { sha256Hex } from "#crypto";
import { type Refusal, unauthentic } from "../provider.ts";
import type { HeaderSource } from "../request/headers.ts";
import { type CredentialsHeader, readCredentials } from "./credentials.ts";
import type { JwtKey } from "./jwt-keys.ts";
import { matchKey } from "./match-key.ts";
import type { KeyRing } from "./secrets.ts";
import type { SignatureScheme } from "./signature-scheme.ts";
import { defaultToleranceSeconds, resolveTolerance } from "./timestamp.ts";

export interface JwtSignatureOptions extends CredentialsHeader {
  /** The provider's factory, as error messages name it. */
  readonly provider: string;
  /** The keys to try: `jwtSecretRing` or `jwtKeySet`. */
  readonly keys: KeyRing<JwtKey>;
  /** The one algorithm that is accepted, whatever a token says of itself. */
  readonly algorithm: "HS256" | "RS256";
  /** What a token must say of whom it is from and for; each is one of the texts. Default: anything. */
  readonly issuer?: readonly string[] | undefined;
  readonly subject?: readonly string[] | undefined;
  readonly audience?: readonly string[] | undefined;
  /** Claims that must be exactly one of these. */
  readonly claims?: Readonly<Record<string, readonly (string | boolean)[]>> | undefined;
  /**
   * The claim that holds the SHA-256 of the body, in base64 or base64url. Without one the token says nothing of the
   * body: whoever has seen a token can send any content while it is valid.
   */
  readonly bodyHashClaim?: string | undefined;
  /** How far `exp` and `nbf` may be off the clock, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
}

/** More than any sender's token has. */
const mostCharacters = 8_192;

/** A token that is valid for longer would outlive the record of its delivery. */
const longestLifeSeconds = 86_400;

/** Three parts of base64url; the last spelt in the one way that its bytes have, for it is all that is not signed. */
const tokenShape = /^[\w-]+\.[\w-]+\.(?:[\w-]{4})+(?:[\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?$/;

interface CheckedToken {
  readonly ok: true;
  readonly token: string;
  readonly keyId: unknown;
  readonly claims: JWTPayload;
}

/**
 * A JSON Web Token in a header, in place of a signature. Its claims are looked at before its signature, which costs
 * more; neither is believed without the other.
 *
 * @throws LatchhookError `invalid-option` for a tolerance that cannot be.
 */
export function jwtSignature(options: JwtSignatureOptions): SignatureScheme {
  const { provider, keys, algorithm, bodyHashClaim } = options;
  const toleranceSeconds = resolveTolerance(provider, options.toleranceSeconds);

  function check(headers: HeaderSource, receivedAt: number): CheckedToken | Refusal {
    const token = readCredentials(headers, options);
    if (typeof token !== "string") return token;
    const decoded = decode(token, algorithm);
    if (decoded === undefined) return unauthentic("malformed-signature");
    if (bodyHashClaim !== undefined && typeof decoded.claims[bodyHashClaim] !== "string") {
      return unauthentic("malformed-signature");
    }
    return (
      checkLife(decoded.claims, receivedAt / 1000, toleranceSeconds) ??
      checkClaims(decoded.claims, options) ??
      decoded
    );
  }

  return {
    precheck({ headers, receivedAt = Date.now() }) {
      const checked = check(headers, receivedAt);
      return checked.ok ? undefined : checked;
    },
    async verify(request) {
      const { headers, body, receivedAt = Date.now() } = request;
      const checked = check(headers, receivedAt);
      if (!checked.ok) return checked;
      const { token, keyId, claims } = checked;
      const verified = await matchKey(keys, request, (key) =>
        isKeyOf(key, keyId)
          ? isSignedBy(token, key, {
              algorithms: [algorithm],
              currentDate: new Date(receivedAt),
              clockTolerance: toleranceSeconds,
            })
          : false,
      );
      if (!verified.ok || bodyHashClaim === undefined) return verified;
      const isBodyOf = toBase64url(await sha256Hex(body)) === unpadded(String(claims[bodyHashClaim]));
      return isBodyOf ? verified : unauthentic("signature-mismatch");
    },
  };
}

/**
 * What the token in a header says; undefined where there is none. For `read`, which is called for what was verified.
 */
export function jwtClaims(headers: HeaderSource, from: CredentialsHeader): JWTPayload | undefined {
  const token = readCredentials(headers, from);
  return typeof token === "string" ? decode(token)?.claims : undefined;
}

/** Undefined unless it is a token, with this algorithm where one is named. */
function decode(token: string, algorithm?: string): CheckedToken | undefined {
  if (token.length > mostCharacters || !tokenShape.test(token)) return undefined;
  try {
    const { alg = "", kid } = decodeProtectedHeader(token);
    const fits = alg === (algorithm ?? alg);
    return fits ? { ok: true, token, keyId: kid, claims: decodeJwt(token) } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * For how long a delivery with a token can come again: as long as its sender retries, and as long as a captured token
 * is believed, at most a day and the tolerance to both sides.
 */
export function jwtRepeatHorizonMs(
  retryHorizonMs: number,
  toleranceSeconds: number = defaultToleranceSeconds,
): number {
  return Math.max(retryHorizonMs, (longestLifeSeconds + 2 * toleranceSeconds) * 1000);
}

function checkLife({ exp, nbf = 0 }: JWTPayload, now: number, toleranceSeconds: number): Refusal | undefined {
  if (exp === undefined) return unauthentic("missing-timestamp");
  if (!Number.isFinite(exp) || !Number.isFinite(nbf)) return unauthentic("malformed-timestamp");
  if (exp + toleranceSeconds <= now) return unauthentic("stale-timestamp");
  if (nbf - toleranceSeconds > now) return unauthentic("future-timestamp");
  return exp - longestLifeSeconds - toleranceSeconds > now ? unauthentic("future-timestamp") : undefined;
}

function checkClaims(claims: JWTPayload, options: JwtSignatureOptions): Refusal | undefined {
  const { issuer, subject, audience, claims: exact = {} } = options;
  const fits =
    isOneOf(claims.iss, issuer) &&
    isOneOf(claims.sub, subject) &&
    [claims.aud].flat().some((one) => isOneOf(one, audience)) &&
    Object.entries(exact).every(([name, values]) => values.includes(claims[name] as string | boolean));
  return fits ? undefined : unauthentic("wrong-audience");
}

function isOneOf(value: unknown, texts: readonly string[] | undefined): boolean {
  return texts === undefined || (typeof value === "string" && texts.includes(value));
}

/** A key that has an id is tried for tokens that name it; others for all. */
function isKeyOf(key: JwtKey, keyId: unknown): boolean {
  return !("kid" in key) || key.kid === undefined || key.kid === keyId;
}

async function isSignedBy(
  token: string,
  key: JwtKey,
  options: Parameters<typeof jwtVerify>[2],
): Promise<boolean> {
  try {
    await jwtVerify(token, key, options);
    return true;
  } catch (error) {
    if (error instanceof errors.JOSEError) return false;
    throw error;
  }
}

function toBase64url(hex: string): string {
  const bytes = (hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
  return unpadded(btoa(String.fromCharCode(...bytes)));
}

function unpadded(base64: string): string {
  return base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
