import { hmacHex } from "#crypto";
import { type Handshake, handshake, malformed, type Refusal } from "../../provider.ts";
import { type JsonObject, objectMember, parseJsonObject } from "../../reading/json.ts";
import { andThen } from "../../shared/maybe-promise.ts";
import { type HmacSignatureOptions, hmacKeyRing, hmacSignature } from "../../signatures/hmac-signature.ts";
import type { SignatureScheme } from "../../signatures/signature-scheme.ts";

/** A question is 200 bytes long; whatever is longer is none. */
const longestQuestion = 2_048;

/** As Zoom's, and without a colon: the answer to `v0:1700000000:{}` would be a signature. */
const plainToken = /^[\w.~+/=-]{1,256}$/;

/** How Zoom's requests are verified, and how its question is answered. */
export interface UrlValidation {
  readonly signature: SignatureScheme;
  /** The answer where the verified content is a question. */
  readonly ask: (content: {
    readonly value: JsonObject;
    readonly body: Uint8Array;
  }) => Handshake | Refusal | undefined;
}

/**
 * Zoom asks for the HMAC of a token, under the secret that signs its question. Some platforms make it asynchronously
 * only, and reading is synchronous: so it is made when the question has been verified, and kept with the question's bytes.
 */
export function urlValidation(options: HmacSignatureOptions): UrlValidation {
  const scheme = hmacSignature(options);
  const ring = hmacKeyRing(options);
  const tokens = new WeakMap<Uint8Array, string>();
  return {
    signature: {
      precheck: scheme.precheck,
      verify: (request) =>
        andThen(scheme.verify(request), (verified) => {
          const token = verified.ok ? tokenOf(request.body) : undefined;
          if (!verified.ok || token === undefined) return verified;
          return andThen(ring(request), (keys) => {
            const key = keys[verified.secretIndex];
            if (key === undefined) return verified;
            return andThen(hmacHex(key, token), (encrypted) => {
              tokens.set(request.body, JSON.stringify({ plainToken: token, encryptedToken: encrypted }));
              return verified;
            });
          });
        }),
    },
    ask({ value, body }) {
      if (value.event !== question) return undefined;
      const answer = tokens.get(body);
      return answer === undefined
        ? malformed("bad-challenge")
        : handshake({ contentType: "application/json", body: answer });
    },
  };
}

const question = "endpoint.url_validation";

/** The token of a question, or undefined where the body is none. */
function tokenOf(body: Uint8Array): string | undefined {
  const parsed = body.byteLength <= longestQuestion ? parseJsonObject(body) : undefined;
  if (!parsed?.ok || parsed.value.event !== question) return undefined;
  const token = objectMember(parsed.value.payload).plainToken;
  return typeof token === "string" && plainToken.test(token) ? token : undefined;
}
