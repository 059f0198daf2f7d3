import { andThen, firstMatch, type MaybePromise } from "../maybe-promise.ts";
import { type Refusal, type SignedRequest, unauthentic, type Verified } from "../provider.ts";
import type { KeyRing } from "../secrets.ts";

/** Tries the ring's keys in turn; the first that matches names the secret. */
export function matchKey<Key>(
  ring: KeyRing<Key>,
  request: SignedRequest,
  matches: (key: Key) => MaybePromise<boolean>,
): MaybePromise<Verified | Refusal> {
  return andThen(ring(request), (keys) => andThen(firstMatch(keys, matches), toVerification));
}

/** The verification that the index of a key means; -1 is none. */
export function toVerification(secretIndex: number): Verified | Refusal {
  return secretIndex < 0 ? unauthentic("signature-mismatch") : { ok: true, secretIndex };
}
