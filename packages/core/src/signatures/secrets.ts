import { LatchhookError } from "../errors.ts";
import type { SignedRequest } from "../provider.ts";
import { environmentVariable } from "../shared/environment.ts";
import { andThen, isPromiseLike, type MaybePromise } from "../shared/maybe-promise.ts";

/**
 * A secret, several (all are tried, for rotation), or a function that finds them for a request (one endpoint for many
 * tenants, told apart by a route parameter, for example). The function sees unverified input. Left out or undefined, the
 * provider's environment variable is read.
 */
export type SecretOption =
  | string
  | readonly string[]
  | ((request: SignedRequest) => MaybePromise<string | readonly string[]>);

export interface SecretSource<Key> {
  /** The provider's factory, as error messages name it. */
  readonly provider: string;
  /** The option that `secret` came in, as error messages name it. Default: `secret`. */
  readonly option?: string | undefined;
  readonly secret: SecretOption | undefined;
  /** Read where `secret` is left out. */
  readonly environmentVariable: string;
  /** Turns the text into a key. @throws LatchhookError `invalid-secret` */
  readonly importKey: (secret: string) => Key;
}

/** The keys to try for a request. */
export type KeyRing<Key> = (request: SignedRequest) => MaybePromise<readonly Key[]>;

/** What a template or a settings page leaves where the secret was never filled in. */
const placeholders: ReadonlySet<string> = new Set(["undefined", "null", "whsec_", "v1,whsec_"]);

/** Tenants' keys that a resolver's ring remembers; beyond it the oldest is imported again. */
const importedKeysKept = 256;

/**
 * Resolves a provider's secret to its keys: now, where it is text, and at each request where it is a function.
 *
 * @returns the ring; asked for keys, it throws (or rejects with) `secret-unavailable` where the function fails, and
 *   nothing else.
 * @throws LatchhookError `missing-secret` or `invalid-secret`, naming the option and the environment variable.
 */
export function keyRing<Key>(source: SecretSource<Key>): KeyRing<Key> {
  const { secret } = source;
  if (typeof secret === "function") return resolvedRing(source, secret);
  const keys = importAll(source, secret === undefined ? environmentSecret(source) : secret, source.importKey);
  return () => keys;
}

function resolvedRing<Key>(
  source: SecretSource<Key>,
  resolve: (request: SignedRequest) => MaybePromise<string | readonly string[]>,
): KeyRing<Key> {
  const imported = new Map<string, Key>();
  const importOnce = (text: string): Key => {
    const known = imported.get(text);
    if (known !== undefined) return known;
    const key = source.importKey(text);
    if (imported.size >= importedKeysKept) imported.delete(imported.keys().next().value as string);
    imported.set(text, key);
    return key;
  };
  const unavailable = (cause: unknown): never => {
    throw new LatchhookError(
      "secret-unavailable",
      `${source.provider}: the secret function failed or gave no usable secret; the delivery was refused, and the sender retries.`,
      { cause },
    );
  };
  return (request) => {
    try {
      const keys = andThen(resolve(request), (texts) => importAll(source, texts, importOnce));
      return isPromiseLike(keys) ? keys.then(undefined, unavailable) : keys;
    } catch (error) {
      return unavailable(error);
    }
  };
}

function importAll<Key>(
  source: SecretSource<Key>,
  secret: unknown,
  importKey: (secret: string) => Key,
): readonly Key[] {
  const texts: readonly unknown[] = Array.isArray(secret) ? secret : [secret];
  if (texts.length === 0) throw missingSecret(source, " is an empty list");
  return texts.map((text, index) => {
    const which = Array.isArray(secret) ? `, entry ${index},` : "";
    if (typeof text !== "string") throw missingSecret(source, `${which} is not a string`);
    if (text.trim() === "") throw missingSecret(source, `${which} is empty`);
    if (placeholders.has(text.trim())) {
      throw missingSecret(source, `${which} is the text "${text.trim()}"`);
    }
    return importKey(text);
  });
}

function environmentSecret(source: SecretSource<unknown>): string {
  const secret = environmentVariable(source.environmentVariable);
  if (secret === undefined) throw missingSecret(source, " is not set");
  return secret;
}

function missingSecret(source: SecretSource<unknown>, problem: string): LatchhookError {
  const { provider, option = "secret", environmentVariable: variable } = source;
  return new LatchhookError(
    "missing-secret",
    `${provider}: the ${option}${problem}. Pass { ${option} } or set ${variable}.`,
  );
}
