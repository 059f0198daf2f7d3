import { defineSender } from "../define-sender.ts";
import type { Provider } from "../provider.ts";
import { type IdentityPart, identityPart } from "../reading/key.ts";
import { readHeader } from "../request/headers.ts";
import { environmentVariable } from "../shared/environment.ts";
import { jwtSecretRing } from "../signatures/jwt-keys.ts";
import { jwtClaims, jwtRepeatHorizonMs, jwtSignature } from "../signatures/jwt-signature.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { signedUrl } from "../signatures/signed-url.ts";
import { kindOf, parseMessage } from "./qstash/message.ts";
import { type QstashEvent, qstashEvents } from "./qstash/payloads.ts";

export * from "./qstash/payloads.ts";

export interface QstashOptions {
  /** The URL that messages are published to, query included, or several: QStash signs it. */
  readonly url: string | readonly string[];
  /** Default: the environment's `QSTASH_CURRENT_SIGNING_KEY` and, where it is set, `QSTASH_NEXT_SIGNING_KEY`. */
  readonly secret?: SecretOption | undefined;
  /** How far the token's `exp` and `nbf` may be off the clock, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
}

const token = { header: "upstash-signature" } as const;

/**
 * Upstash QStash. Its token signs the URL and a hash of the body. The message's id is in a header that is not signed,
 * so the token's own `jti` is claimed beside it: one captured request cannot run again under another id. Needs `jose`.
 *
 * @throws LatchhookError `missing-secret` or `invalid-option`.
 */
export function qstash(options: QstashOptions): Provider<QstashEvent> {
  const { toleranceSeconds } = options;
  return defineSender({
    name: "qstash",
    signature: jwtSignature({
      ...token,
      provider: "qstash",
      keys: jwtSecretRing({
        provider: "qstash",
        secret: options.secret === undefined ? bothKeys() : options.secret,
        environmentVariable: "QSTASH_CURRENT_SIGNING_KEY",
      }),
      algorithm: "HS256",
      issuer: ["Upstash"],
      subject: [options.url].flat().map((url) => signedUrl("qstash", url)),
      bodyHashClaim: "body",
      toleranceSeconds,
    }),
    // Documented: again after 12 s, 2 min 28 s, 30 min, 6 h, then daily; how often, and how long it waits (minutes at
    // the least), depends on the plan. Assumed: 30 s, as platforms end sooner, and retries for a week.
    policy: {
      timeoutMs: 30_000,
      shortestRetryGapMs: 12_000,
      retryHorizonMs: jwtRepeatHorizonMs(604_800_000, toleranceSeconds),
      maxAttempts: null,
    },
    parse: parseMessage,
    events: qstashEvents,
    read({ value: { content }, text, headers }) {
      const id = identityPart(readHeader(headers, "upstash-message-id"));
      const tokenId = ["token", identityPart(jwtClaims(headers, token)?.jti) ?? text];
      return { id, data: content, ...kindOf(content), ...identityOf(id, tokenId) };
    },
  });
}

function bothKeys(): readonly string[] | undefined {
  const names = ["QSTASH_CURRENT_SIGNING_KEY", "QSTASH_NEXT_SIGNING_KEY"];
  const keys = names.map(environmentVariable).filter((key) => key !== undefined);
  return keys.length === 0 ? undefined : keys;
}

/** The message's id, and the token with it; without one, the token. */
function identityOf(id: IdentityPart, tokenId: readonly IdentityPart[]) {
  return id === null ? { identity: tokenId } : { identity: [id], replayIdentity: tokenId };
}
