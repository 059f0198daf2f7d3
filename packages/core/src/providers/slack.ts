import { defineSender, type SenderReading } from "../define-sender.ts";
import type { Handshake, Provider } from "../provider.ts";
import { dateFromSeconds, type JsonObject, objectMember } from "../reading/json.ts";
import { identityPart } from "../reading/key.ts";
import { matches, type Schema } from "../reading/matches.ts";
import { hmacSignature } from "../signatures/hmac-signature.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { body, timestamp } from "../signatures/signed-content.ts";
import { repeatHorizonMs } from "../signatures/timestamp.ts";
import { parseSlackBody } from "./slack/body.ts";
import * as payloads from "./slack/payloads.ts";
import { answerSlack } from "./slack/questions.ts";

export type { SlackEventName } from "./slack/event-names.ts";
export * from "./slack/payloads.ts";

export interface SlackOptions {
  /** The app's signing secret. Default: the environment's `SLACK_SIGNING_SECRET`. */
  readonly secret?: SecretOption | undefined;
  /** How far the signed timestamp may be from the clock, either way, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
}

/**
 * Slack: the Events API, slash commands and interactivity. It signs a version, the timestamp and the body. An event's
 * `event_id` stays the same over retries; a form has none, and is the same as another where their bodies are. The
 * questions that Slack asks before it delivers are answered; success is an empty body, for it would show any other.
 *
 * @throws LatchhookError `missing-secret` or `invalid-option`.
 */
export function slack<Event extends { readonly type: string } = payloads.SlackEventBody>(
  options: SlackOptions = {},
): Provider<payloads.SlackEvent<Event>, Handshake> {
  return defineSender<payloads.SlackEvent<Event>, Handshake>({
    name: "slack",
    signature: hmacSignature({
      provider: "slack",
      secret: options.secret,
      environmentVariable: "SLACK_SIGNING_SECRET",
      toleranceSeconds: options.toleranceSeconds,
      headers: { signature: "x-slack-signature", timestamp: "x-slack-request-timestamp" },
      prefix: "v0=",
      content: ["v0:", timestamp, ":", body],
    }),
    // Documented ("The Events API"): 3 s; three retries, almost at once, after 1 min and after 5 min; where delayed
    // events are switched on, hourly for 24 h. What "almost at once" is, is assumed.
    policy: {
      timeoutMs: 3_000,
      shortestRetryGapMs: 1_000,
      retryHorizonMs: repeatHorizonMs(90_000_000, options.toleranceSeconds),
      maxAttempts: 4,
    },
    parse: parseSlackBody,
    successReply: { contentType: "text/plain", body: "" },
    ask: ({ value }) => answerSlack(value),
    knows: (type, data) => matches(standalone.get(type) ?? payloads.slackEventCallback, data),
    read: ({ value, text }) => readSlack(value, text),
  });
}

/** What comes without the Events API's envelope. */
const standalone = new Map<string, Schema>([
  ["slash_command", payloads.slackSlashCommand],
  ["app_rate_limited", payloads.slackRateLimit],
  ...payloads.slackInteractionTypes.map((type): [string, Schema] => [type, payloads.slackInteraction]),
]);

function readSlack(value: JsonObject, text: string): SenderReading {
  const id = value.type === "event_callback" ? identityPart(value.event_id) : null;
  const inner = value.type === "event_callback" ? objectMember(value.event).type : value.type;
  return {
    id,
    type: inner ?? (typeof value.command === "string" ? "slash_command" : ""),
    data: value,
    occurredAt: dateFromSeconds(value.event_time),
    identity: id === null ? ["body", text] : ["event", id],
  };
}
