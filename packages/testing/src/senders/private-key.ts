import { createPrivateKey, type KeyObject } from "node:crypto";

/** The DER header of a PKCS #8 Ed25519 key (RFC 8410), before the 32 bytes of the seed. */
const pkcs8Header = Buffer.from("302e020100300506032b657004220420", "hex");

/**
 * A private key: base64 of an Ed25519 seed, of seed and public key, or of its PKCS #8, with or without `whsk_`; or any
 * key in PEM.
 */
export function importPrivateKey(privateKey: string): KeyObject {
  if (privateKey.includes("-----BEGIN")) return createPrivateKey(privateKey);
  const bytes = Buffer.from(privateKey.trim().replace(/^whsk_/, ""), "base64");
  const seed = bytes.subarray(0, pkcs8Header.length).equals(pkcs8Header)
    ? bytes.subarray(pkcs8Header.length)
    : bytes.subarray(0, 32);
  return createPrivateKey({ key: Buffer.concat([pkcs8Header, seed]), format: "der", type: "pkcs8" });
}
