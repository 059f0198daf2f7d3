import type { MaybePromise } from "../shared/maybe-promise.ts";

declare const keyBrand: unique symbol;

/** An HMAC key of the platform, bound to its hash. Opaque: it shows its bytes to nobody. */
export interface HmacKey {
  readonly [keyBrand]: "hmac";
}

/** An Ed25519 public key of the platform. */
export interface Ed25519Key {
  readonly [keyBrand]: "ed25519";
}

/** The hash that an HMAC is made with. `sha1` is here for senders that have nothing else; HMAC does not need its collision resistance. */
export type HashAlgorithm = "sha1" | "sha256" | "sha512";

/** How a signature is written in its header: hex in lower case, base64 padded, base64url not padded. */
export type SignatureEncoding = "hex" | "base64" | "base64url";

/**
 * What latchhook needs of the platform's cryptography: `node:crypto` where it exists (`crypto/node.ts`), Web Crypto
 * elsewhere (`crypto/web.ts`). The package's `#crypto` import chooses; both pass the same tests.
 *
 * Signed content is `prefix` (as UTF-8), `body`, `suffix` (as UTF-8): texts may be empty, bytes stay bytes. A signature
 * that is not the canonical spelling of its bytes, in the length of its algorithm, matches nothing.
 */
export interface PlatformCrypto {
  importHmacKey(bytes: Uint8Array<ArrayBuffer>, algorithm: HashAlgorithm): HmacKey;
  importEd25519Key(bytes: Uint8Array<ArrayBuffer>): Ed25519Key;
  /** Whether one of `signatures` is the HMAC of the content. Compared in constant time. */
  verifyHmac(
    key: HmacKey,
    prefix: string,
    body: Uint8Array,
    suffix: string,
    signatures: readonly string[],
    encoding: SignatureEncoding,
  ): MaybePromise<boolean>;
  /** The HMAC of the UTF-8 of `text`, in lower-case hex: what a sender asks for to see that the key is known. */
  hmacHex(key: HmacKey, text: string): MaybePromise<string>;
  /** Whether one of `signatures` (of 64 bytes) is an Ed25519 signature over the content. */
  verifyEd25519(
    key: Ed25519Key,
    prefix: string,
    body: Uint8Array,
    suffix: string,
    signatures: readonly string[],
    encoding: SignatureEncoding,
  ): MaybePromise<boolean>;
  /** SHA-256 of the UTF-8 of `text`, or of bytes, in lower-case hex. */
  sha256Hex(data: string | Uint8Array): MaybePromise<string>;
  /** Whether two texts are the same: in a time that says nothing of how much of them is, nor of the first one's length. */
  equalTexts(secret: string, candidate: string): MaybePromise<boolean>;
}
