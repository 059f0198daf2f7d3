import { defineSender } from "../define-sender.ts";
import type { Handshake, Provider } from "../provider.ts";
import { dateFromMilliseconds } from "../reading/json.ts";
import { matches } from "../reading/matches.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { body, timestamp } from "../signatures/signed-content.ts";
import { repeatHorizonMs } from "../signatures/timestamp.ts";
import { type ZoomEvent, type ZoomEventBody, zoomEvent } from "./zoom/payloads.ts";
import { urlValidation } from "./zoom/url-validation.ts";

export * from "./zoom/payloads.ts";

export interface ZoomOptions {
  /** The app's secret token. Default: the environment's `ZOOM_WEBHOOK_SECRET_TOKEN`. */
  readonly secret?: SecretOption | undefined;
  /** How far the signed timestamp may be from the clock, either way, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
}

/**
 * Zoom. It signs a version, the timestamp and the body, which has no id: a delivery is the same as another where their
 * bodies are. Its `endpoint.url_validation`, at set-up and every 72 hours, is answered under the secret that signed it.
 *
 * @throws LatchhookError `missing-secret` or `invalid-option`.
 */
export function zoom<Event extends { readonly event: string } = ZoomEventBody>(
  options: ZoomOptions = {},
): Provider<ZoomEvent<Event>, Handshake> {
  const { signature, ask } = urlValidation({
    provider: "zoom",
    secret: options.secret,
    environmentVariable: "ZOOM_WEBHOOK_SECRET_TOKEN",
    toleranceSeconds: options.toleranceSeconds,
    headers: { signature: "x-zm-signature", timestamp: "x-zm-request-timestamp" },
    prefix: "v0=",
    content: ["v0:", timestamp, ":", body],
  });
  return defineSender<ZoomEvent<Event>, Handshake>({
    name: "zoom",
    signature,
    ask,
    // Documented ("Resolving webhook delays"): 3 s; three retries, after 5 min, 20 min and 60 min more.
    policy: {
      timeoutMs: 3_000,
      shortestRetryGapMs: 300_000,
      retryHorizonMs: repeatHorizonMs(5_100_000, options.toleranceSeconds),
      maxAttempts: 4,
    },
    knows: (_type, data) => matches(zoomEvent, data),
    read: ({ value, text }) => ({
      type: value.event,
      data: value,
      occurredAt: dateFromMilliseconds(value.event_ts),
      identity: ["body", text],
    }),
  });
}
