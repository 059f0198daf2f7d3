import type { MaybePromise } from "../shared/maybe-promise.ts";

declare const keyBrand: unique symbol;

/** An HMAC-SHA256 key of the platform. Opaque: it shows its bytes to nobody. */
export interface HmacKey {
  readonly [keyBrand]: "hmac-sha256";
}

/** An Ed25519 public key of the platform. */
export interface Ed25519Key {
  readonly [keyBrand]: "ed25519";
}

/** How a signature is written in its header. */
export type SignatureEncoding = "hex" | "base64";

/**
 * What latchhook needs of the platform's cryptography: `node:crypto` where it exists (`crypto/node.ts`), Web Crypto
 * elsewhere (`crypto/web.ts`). The package's `#crypto` import chooses; both pass the same tests.
 */
export interface PlatformCrypto {
  importHmacKey(bytes: Uint8Array<ArrayBuffer>): HmacKey;
  importEd25519Key(bytes: Uint8Array<ArrayBuffer>): Ed25519Key;
  /**
   * Whether one of `signatures` is the HMAC of `prefix` (as UTF-8) followed by `body`. Compared in constant time.
   * Signatures must have been checked for their alphabet and length, hex must be in lower case.
   */
  verifyHmac(
    key: HmacKey,
    prefix: string,
    body: Uint8Array,
    signatures: readonly string[],
    encoding: SignatureEncoding,
  ): MaybePromise<boolean>;
  /** Whether one of `signatures` (base64 of 64 bytes) is an Ed25519 signature over `prefix` and `body`. */
  verifyEd25519(
    key: Ed25519Key,
    prefix: string,
    body: Uint8Array,
    signatures: readonly string[],
  ): MaybePromise<boolean>;
  /** SHA-256 of the UTF-8 of `text`, or of bytes, in lower-case hex. */
  sha256Hex(data: string | Uint8Array): MaybePromise<string>;
}
