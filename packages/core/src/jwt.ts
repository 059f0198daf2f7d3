/**
 * What authors of providers build with whose sender proves itself by a JSON Web Token. An entry of its own: it needs
 * `jose`, which the rest of core does not.
 *
 * @module
 */

export type { CredentialsHeader } from "./signatures/credentials.ts";
export { type JwtKey, type JwtSecretOptions, jwtKeySet, jwtSecretRing } from "./signatures/jwt-keys.ts";
export {
  type JwtSignatureOptions,
  jwtClaims,
  jwtRepeatHorizonMs,
  jwtSignature,
} from "./signatures/jwt-signature.ts";
