import { LatchhookError } from "../errors.ts";
import { isJsonObject, type JsonObject, objectMember, parseJsonObject } from "../reading/json.ts";
import { isWorkerd } from "../shared/runtime.ts";
import { sleep } from "../shared/sleep.ts";
import { type FetchKeys, fetchDocument } from "./fetch-document.ts";
import type { KeyRing } from "./secrets.ts";

/** Keys that a sender publishes, as a ring that can be renewed. */
export interface KeySet<Key> extends KeyRing<Key> {
  /**
   * Other keys than those that were tried, for a signature that none of them made; undefined where it is too soon to ask
   * the sender again, or it cannot be reached.
   */
  renew(tried: readonly Key[]): Promise<readonly Key[] | undefined>;
}

export interface KeySetOptions<Key> {
  /** The provider's factory, as error messages name it. */
  readonly provider: string;
  /** Where the sender publishes its JSON Web Key Set, at `https`. Nothing of a request goes into it. */
  readonly url: string;
  /** Makes keys of a set's members; undefined for one of another kind, which is skipped. */
  readonly importKey: (jwk: JsonObject) => Key | undefined;
  /** In place of the platform's `fetch`: for a proxy, or for tests. */
  readonly fetchKeys?: FetchKeys | undefined;
}

/** Keys are not believed for longer than this: a key that the sender has removed is refused from then on. */
const longestAgeMs = 24 * 3_600_000;
/** Keys of this age are fetched again while the old ones still serve. */
const renewAfterMs = longestAgeMs / 2;
/** However many requests ask, the sender is asked no more often: anyone can send a signature that nobody made. */
const shortestPauseMs = 60_000;

interface Fetched<Key> {
  readonly keys: readonly Key[];
  readonly at: number;
}

/**
 * The public keys of a sender that publishes them as a JSON Web Key Set. They are kept for at most 24 hours, and fetched
 * again after 12, or once a signature matches none of them; never twice within 60 seconds, and by one fetch for all
 * requests that wait. A fetch that fails leaves what there is. Redirects, answers above 64 KiB, and those that take
 * longer than 3 seconds are failures.
 *
 * @returns the ring; asked for keys, it rejects with `secret-unavailable` where there are none and none can be had.
 * @throws LatchhookError `invalid-option` for a URL that is not `https`.
 */
export function keySet<Key>(options: KeySetOptions<Key>): KeySet<Key> {
  const { provider, url, importKey, fetchKeys } = options;
  checkUrl(provider, url);
  let fetched: Fetched<Key> | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  let failure: unknown;
  let pending: Promise<void> | undefined;

  async function ask(): Promise<void> {
    askedAt = Date.now();
    try {
      const keys = importAll(await fetchDocument(url, fetchKeys), importKey);
      fetched = { keys, at: askedAt };
      failure = undefined;
    } catch (error) {
      failure = error;
    }
  }

  /** Asks the sender, waits for who asks already, or does nothing where it is too soon. */
  async function refresh(): Promise<void> {
    if (pending !== undefined) return whenSettled(() => pending);
    if (ageOf(askedAt) < shortestPauseMs) return;
    pending = ask();
    await pending;
    pending = undefined;
  }

  function present(): readonly Key[] {
    if (fetched !== undefined && ageOf(fetched.at) < longestAgeMs) return fetched.keys;
    throw new LatchhookError(
      "secret-unavailable",
      `${provider}: the sender's public keys could not be fetched from ${url}; the delivery was refused, and the sender retries. Allow this server to reach that URL, or pass fetchKeys.`,
      { cause: failure },
    );
  }

  const ring: KeyRing<Key> = () =>
    fetched !== undefined && ageOf(fetched.at) < renewAfterMs ? fetched.keys : refresh().then(present);
  async function renew(tried: readonly Key[]): Promise<readonly Key[] | undefined> {
    if (fetched?.keys === tried) await refresh();
    return fetched?.keys === tried ? undefined : fetched?.keys;
  }
  return Object.assign(ring, { renew });
}

/** In milliseconds; endless where the clock has been set back since, so that nothing lasts on account of that. */
function ageOf(at: number): number {
  const ageMs = Date.now() - at;
  return ageMs < 0 ? Number.POSITIVE_INFINITY : ageMs;
}

function checkUrl(provider: string, url: string): void {
  if (URL.canParse(url) && new URL(url).protocol === "https:") return;
  throw new LatchhookError("invalid-option", `${provider}: the URL of its public keys must be https.`);
}

/**
 * Waits for what another request has begun. On Workers its promise belongs to that request, and would never settle here;
 * there one looks at intervals.
 */
async function whenSettled(pending: () => Promise<void> | undefined): Promise<void> {
  if (!isWorkerd()) return pending();
  const end = Date.now() + 4_000;
  while (pending() !== undefined && Date.now() < end) await sleep(25);
}

function importAll<Key>(bytes: Uint8Array, importKey: (jwk: JsonObject) => Key | undefined): readonly Key[] {
  const parsed = parseJsonObject(bytes);
  const members = parsed.ok ? objectMember(parsed.value).keys : undefined;
  const keys = (Array.isArray(members) ? members : [])
    .filter(isJsonObject)
    .map(importKey)
    .filter((key) => key !== undefined);
  if (keys.length === 0) throw new Error("The answer holds no key of the kind that is needed.");
  return keys;
}
