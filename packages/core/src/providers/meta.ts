import { defineSender } from "../define-sender.ts";
import { type Handshake, handshake, malformed, type Provider, type Refusal } from "../provider.ts";
import { queryParameter } from "../request/query-parameter.ts";
import { andThen, type MaybePromise } from "../shared/maybe-promise.ts";
import { hmacSignature } from "../signatures/hmac-signature.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { sharedSecret } from "../signatures/shared-secret.ts";
import { body } from "../signatures/signed-content.ts";
import { metaIdentity } from "./meta/identity.ts";
import { type MetaEvent, metaEvents } from "./meta/payloads.ts";

export * from "./meta/payloads.ts";

export interface MetaOptions {
  /** The app's secret. Default: the environment's `META_APP_SECRET`. */
  readonly secret?: SecretOption | undefined;
  /** The token that you chose for the subscription's first question. Default: the environment's `META_VERIFY_TOKEN`. */
  readonly verifyToken?: SecretOption | undefined;
}

/**
 * Meta: WhatsApp, Messenger, Instagram, Pages and the rest. It signs the body alone, with the app's secret: no time, no
 * id. A subscription begins with a GET, whose `hub.verify_token` is compared in constant time and whose `hub.challenge`
 * is answered.
 *
 * @throws LatchhookError `missing-secret`, for the token too.
 */
export function meta(options: MetaOptions = {}): Provider<MetaEvent> {
  const token = sharedSecret({
    provider: "meta",
    option: "verifyToken",
    secret: options.verifyToken,
    environmentVariable: "META_VERIFY_TOKEN",
    place: { query: "hub.verify_token" },
  });
  return defineSender({
    name: "meta",
    signature: hmacSignature({
      provider: "meta",
      secret: options.secret,
      environmentVariable: "META_APP_SECRET",
      headers: { signature: "x-hub-signature-256" },
      prefix: "sha256=",
      content: [body],
    }),
    // Documented: at once, then ever more rarely, for 36 hours; of WhatsApp for up to 7 days. The timeout is not for all
    // products: 5 s, Messenger's, is assumed.
    policy: { timeoutMs: 5_000, shortestRetryGapMs: 0, retryHorizonMs: 604_800_000, maxAttempts: null },
    events: metaEvents,
    greet({ method, url, headers, ...request }) {
      if (method !== "GET" || queryParameter(url, "hub.mode") !== "subscribe") return undefined;
      const verified = token.verify({ ...request, method, url, headers, body: nothing });
      return andThen(verified, (result) => (result.ok ? echo(queryParameter(url, "hub.challenge")) : result));
    },
    read(content) {
      const { value } = content;
      return { type: value.object, data: value, identity: metaIdentity(content), undated: true };
    },
  });
}

const nothing = new Uint8Array(0);

/** Meta's challenges are numbers. */
function echo(challenge = ""): MaybePromise<Handshake | Refusal> {
  if (!/^[\w-]{1,128}$/.test(challenge)) return malformed("bad-challenge");
  return handshake({ contentType: "text/plain", body: challenge });
}
