import { type Refusal, type SignedRequest, unauthentic, type Verified } from "../provider.ts";
import { andThen, type MaybePromise } from "../shared/maybe-promise.ts";
import type { KeySet } from "./key-set.ts";
import type { KeyRing } from "./secrets.ts";

/**
 * Tries the ring's keys in turn; the first that matches names the secret. Where none does, keys that the sender has
 * published since are tried too.
 */
export function matchKey<Key>(
  ring: KeyRing<Key> | KeySet<Key>,
  request: SignedRequest,
  matches: (key: Key) => MaybePromise<boolean>,
): MaybePromise<Verified | Refusal> {
  return andThen(ring(request), (keys) => {
    const result = verifyAny(keys, matches);
    return "renew" in ring
      ? andThen(result, (found) => (found.ok ? found : renewAndMatch(ring, keys, matches)))
      : result;
  });
}

async function renewAndMatch<Key>(
  ring: KeySet<Key>,
  tried: readonly Key[],
  matches: (key: Key) => MaybePromise<boolean>,
): Promise<Verified | Refusal> {
  return verifyAny((await ring.renew(tried)) ?? [], matches);
}

/** Tries keys in turn; the first that matches names the secret. Synchronous as long as `matches` is. */
export function verifyAny<Key>(
  keys: readonly Key[],
  matches: (key: Key) => MaybePromise<boolean>,
): MaybePromise<Verified | Refusal> {
  for (let index = 0; index < keys.length; index++) {
    const matched = matches(keys[index] as Key);
    if (matched === true) return { ok: true, secretIndex: index };
    if (matched !== false) return verifyLater(keys, matches, index, matched);
  }
  return unauthentic("signature-mismatch");
}

/** Goes on with the key at `index`, whose result is on its way. */
async function verifyLater<Key>(
  keys: readonly Key[],
  matches: (key: Key) => MaybePromise<boolean>,
  index: number,
  matched: PromiseLike<boolean>,
): Promise<Verified | Refusal> {
  let late = await matched;
  while (!late && ++index < keys.length) late = await matches(keys[index] as Key);
  return late ? { ok: true, secretIndex: index } : unauthentic("signature-mismatch");
}
