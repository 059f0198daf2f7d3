import { type Refusal, type SignedRequest, unauthentic, type Verified } from "../provider.ts";
import type { MaybePromise } from "../shared/maybe-promise.ts";
import type { KeyRing } from "./secrets.ts";

/** Tries the ring's keys in turn; the first that matches names the secret. */
export function matchKey<Key>(
  ring: KeyRing<Key>,
  request: SignedRequest,
  matches: (key: Key) => MaybePromise<boolean>,
): MaybePromise<Verified | Refusal> {
  const keys = ring(request);
  return "then" in keys ? keys.then((found) => verifyAny(found, matches)) : verifyAny(keys, matches);
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
