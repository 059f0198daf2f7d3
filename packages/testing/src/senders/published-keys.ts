import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { importPrivateKey } from "./private-key.ts";

/**
 * For the `fetchKeys` of a provider whose sender publishes its keys: answers with the public keys of private ones, so
 * that what a helper signs verifies without the network.
 *
 * @param privateKey one or several, as `signFal`, `signIdeogram` or `signPubsub` take them.
 * @throws Error for what is no private key.
 * @example
 * const provider = fal({ userId: "user_1", fetchKeys: publishedKeys(privateKey) });
 */
export function publishedKeys(privateKey: string | readonly string[]): () => Promise<Response> {
  const keys = [privateKey].flat().map((key) => publishedKey(importPrivateKey(key)));
  return async () => Response.json({ keys });
}

function publishedKey(privateKey: KeyObject): JsonWebKey {
  return { ...publicJwk(privateKey), kid: keyId(privateKey), use: "sig" };
}

function publicJwk(privateKey: KeyObject): JsonWebKey {
  return createPublicKey(privateKey).export({ format: "jwk" });
}

/** The key's thumbprint (RFC 7638), as its id. */
export function keyId(privateKey: KeyObject): string {
  const { crv, e, kty, n, x } = publicJwk(privateKey);
  // Members that a kind of key does not have are left out.
  return createHash("sha256").update(JSON.stringify({ crv, e, kty, n, x })).digest("base64url");
}

/** The keys of a row of the table of senders, whose secrets are private keys. */
export function publishedBy(secret: unknown): () => Promise<Response> {
  if (typeof secret === "function")
    throw new Error("Pass a private key, or several: a function has no use here.");
  return publishedKeys(secret as string | readonly string[]);
}
