import type { SkippedCase } from "@latchhook/testing";

const reason = "the sender publishes its keys: there is no secret to pass";

/** What the provider contract asks of secrets, for providers that fetch public keys. */
export const fetchedKeysSkips: readonly SkippedCase[] = [
  { case: "a secret function is asked with the request, and may be asynchronous", reason },
  { case: "a secret function that fails, or gives none, rejects and opens nothing", reason },
  { case: "a secret that is none throws when the provider is made", reason },
];
