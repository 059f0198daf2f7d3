import { importPKCS8 } from "jose";

/** Hex Ed25519 over lines and the body's hash, by jose's key and Web Crypto: no code of the helpers' is in it. */
export async function signEd25519(seed: string, lines: readonly string[], body: string): Promise<string> {
  // RFC 8410: what stands before the 32 bytes of the seed.
  const header = Buffer.from("302e020100300506032b657004220420", "hex");
  const pkcs8 = Buffer.concat([header, Buffer.from(seed, "base64")]).toString("base64");
  const key = await importPKCS8(
    `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----`,
    "Ed25519",
  );
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body));
  const content = [...lines, Buffer.from(hash).toString("hex")].join("\n");
  const signature = await crypto.subtle.sign("Ed25519", key, new TextEncoder().encode(content));
  return Buffer.from(signature).toString("hex");
}
