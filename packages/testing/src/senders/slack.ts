import { createHmac } from "node:crypto";
import { slack } from "@latchhook/core/providers/slack";
import { type SignedWebhook, toBytes, unixSeconds, type WebhookBody } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";

export interface SignSlackOptions {
  /** The app's signing secret. */
  readonly secret: string;
  /** What is sent, as the Events API sends it. Default: an `app_mention`. */
  readonly body?: WebhookBody | undefined;
  /**
   * A form in place of `body`: the members of a slash command, or `{ payload }` of interactivity. What is not text is
   * written as JSON.
   */
  readonly form?: Readonly<Record<string, unknown>> | undefined;
  /** Unix seconds; text is signed and sent as it is. Default: now. */
  readonly timestamp?: number | string | undefined;
}

/**
 * A delivery of Slack: `v0=` and the hex HMAC-SHA256 of `v0:${timestamp}:${body}` under the UTF-8 of the secret.
 *
 * @example
 * const signed = signSlack({ secret, form: { command: "/deploy", text: "main" } });
 */
export function signSlack(options: SignSlackOptions): SignedWebhook {
  const { secret, form, timestamp = unixSeconds() } = options;
  const body = toBytes(form === undefined ? (options.body ?? payload()) : formText(form));
  const signature = createHmac("sha256", secret.trim()).update(`v0:${timestamp}:`).update(body).digest("hex");
  const headers = {
    "content-type": form === undefined ? "application/json" : "application/x-www-form-urlencoded",
    "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
    "x-slack-request-timestamp": String(timestamp),
    "x-slack-signature": `v0=${signature}`,
  };
  return { method: "POST", headers, body };
}

function formText(form: Readonly<Record<string, unknown>>): string {
  const fields = Object.entries(form).map(([name, value]): [string, string] => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return new URLSearchParams(fields).toString();
}

function payload(id = "01", type = "app_mention", at = unixSeconds()) {
  return {
    token: "of-a-verification-that-is-deprecated",
    team_id: "T061EG9R6",
    api_app_id: "A0PNCHHK2",
    event: {
      type,
      user: "U061F7AUR",
      text: "<@U0LAN0Z89> is it everything a river should be?",
      channel: "C0LAN2Q65",
    },
    type: "event_callback",
    event_id: `Ev${id}`,
    event_time: at,
    authed_users: ["U0LAN0Z89"],
  };
}

/** The row of the table of senders. */
export function slackSender(): Sender {
  const secrets = ["8f742231b10e8888abcd99first00001", "8f742231b10e8888abcd99second0002"] as const;
  return {
    name: "slack",
    title: "Slack",
    factory: "slack",
    provider: "slack",
    environmentVariable: "SLACK_SIGNING_SECRET",
    signedContent: "the timestamp and the body; not its content type, nor the number of the retry",
    makeProvider: slack,
    secrets,
    signatureHeader: "x-slack-signature",
    payload: (jobId) => payload(jobId),
    sign: ({ secret = secrets[0], body, timestamp, jobId, type, occurredAt, data } = {}) => {
      const at = occurredAt && Math.floor(occurredAt.getTime() / 1_000);
      return signSlack({ secret, timestamp, body: body ?? { ...payload(jobId, type, at), ...data } });
    },
  };
}
