import type { OutcomeCode } from "../outcome.ts";
import type { MalformedReason, UnauthenticReason } from "../provider.ts";

/** What a refusal is counted under: its reason, or its code where it has none. */
export type RefusalReason =
  | UnauthenticReason
  | MalformedReason
  | Extract<
      OutcomeCode,
      | "body-aborted"
      | "body-timeout"
      | "body-too-large"
      | "malformed"
      | "method-not-allowed"
      | "unauthentic"
      | "unsupported-encoding"
    >;

const wrongSender = "Likely: this is another sender's endpoint or a stranger; or a proxy drops headers.";
const clock = "Likely: this server's clock is wrong; else the request was held back or replayed.";
const otherContent = "Likely: the endpoint receives something else that is signed with the same secret.";
const stranger = "Likely: no sender of webhooks, but a stranger.";

/** The likely cause of each refusal, as people on call want to read it. `docs/errors.md` has more. */
export const refusalHints: Readonly<Record<RefusalReason, string>> = {
  "missing-signature": wrongSender,
  "malformed-signature": wrongSender,
  "too-many-signatures": stranger,
  "unsupported-signature-version":
    "Likely: the sender signs with a public key and only a secret is set, or the reverse.",
  "signature-mismatch":
    "Likely: the secret is wrong, was rotated, or is that of another endpoint; else a proxy rewrites bodies.",
  "missing-timestamp": wrongSender,
  "malformed-timestamp": stranger,
  "stale-timestamp": clock,
  "future-timestamp": "Likely: this server's clock is slow.",
  "missing-id": wrongSender,
  "malformed-id": stranger,
  "conflicting-headers": stranger,
  "metadata-mismatch":
    "Likely: a proxy changes headers; else a captured delivery is replayed under other metadata.",
  "wrong-audience":
    "Likely: the delivery is of another account at the sender, or for another URL; compare the provider's options.",
  "stale-content": "Likely: an old delivery is replayed.",
  "future-content": "Likely: this server's clock is slow.",
  "not-utf8": otherContent,
  "not-json": otherContent,
  "not-an-object": otherContent,
  "not-an-array": otherContent,
  "not-a-form": otherContent,
  "bad-challenge": "Likely: no handshake of the sender's, but somebody who wants text echoed.",
  "body-aborted": "Likely: a proxy or the sender has a short timeout, or somebody hangs up on purpose.",
  "body-timeout": "Likely: a slow proxy, or somebody who holds connections open.",
  "body-too-large": "If the sender has bodies of that size, raise maxBodyBytes.",
  malformed: otherContent,
  "method-not-allowed":
    "Likely: a health check or a browser. If honest deliveries come as GET, a redirect turned them.",
  unauthentic: wrongSender,
  "unsupported-encoding":
    "Likely: a proxy compresses requests; signatures are over the bytes as they were sent.",
};
