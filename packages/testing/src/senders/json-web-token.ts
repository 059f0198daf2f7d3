import { createHash, createHmac, type KeyObject, sign } from "node:crypto";

/** A token under a secret (`HS256`), or under a private RSA key (`RS256`). */
export function signToken(claims: object, key: string | KeyObject, header: object = {}): string {
  const algorithm = typeof key === "string" ? "HS256" : "RS256";
  const signed = `${part({ alg: algorithm, typ: "JWT", ...header })}.${part(claims)}`;
  const signature =
    typeof key === "string"
      ? createHmac("sha256", key).update(signed).digest("base64url")
      : sign("sha256", Buffer.from(signed), key).toString("base64url");
  return `${signed}.${signature}`;
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** The SHA-256 of a body, as a claim has it. */
export function bodyHashClaim(body: Uint8Array, encoding: "base64" | "base64url"): string {
  return createHash("sha256").update(body).digest(encoding);
}
