import { firstMatch, type MaybePromise } from "../maybe-promise.ts";
import { type Refusal, type SignedRequest, unauthentic, type Verified } from "../provider.ts";
import type { KeyRing } from "../secrets.ts";

/** Tries the ring's keys in turn; the first that matches names the secret. */
export function matchKey<Key>(
  ring: KeyRing<Key>,
  request: SignedRequest,
  matches: (key: Key) => MaybePromise<boolean>,
): MaybePromise<Verified | Refusal> {
  const keys = ring(request);
  return "then" in keys ? keys.then((found) => verifyAny(found, matches)) : verifyAny(keys, matches);
}

/** Tries keys in turn; the first that matches names the secret. */
export function verifyAny<Key>(
  keys: readonly Key[],
  matches: (key: Key) => MaybePromise<boolean>,
): MaybePromise<Verified | Refusal> {
  const index = firstMatch(keys, matches);
  return typeof index === "number" ? toVerification(index) : index.then(toVerification);
}

/** The verification that the index of a key means; -1 is none. */
function toVerification(secretIndex: number): Verified | Refusal {
  return secretIndex < 0 ? unauthentic("signature-mismatch") : { ok: true, secretIndex };
}
