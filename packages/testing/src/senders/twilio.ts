import { createHash, createHmac } from "node:crypto";
import { twilio } from "@latchhook/core/providers/twilio";
import { type SignedWebhook, toBytes } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";

export interface SignTwilioOptions {
  /** The account's auth token. */
  readonly secret: string;
  /** The URL of the endpoint, as the provider has it. */
  readonly url: string;
  /** The form's parameters. Default: those of a message that was delivered. */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  /** In place of a form: text or bytes as they are, or a value that is sent as JSON. */
  readonly body?: string | Uint8Array | object | undefined;
}

const delivered = {
  AccountSid: "AC00000000000000000000000000000000",
  From: "+15557122661",
  MessageSid: "SM1234567890ABCDE",
  MessageStatus: "delivered",
  To: "+15558675310",
};

/**
 * A delivery of Twilio: base64 HMAC-SHA1 of the URL and the sorted parameters of a form; of a body that begins with `{`
 * or `[`, of the URL with the body's hash in its query.
 *
 * @example
 * const signed = signTwilio({ secret, url: "https://example.com/webhooks/twilio", parameters: { CallSid: "CA1" } });
 */
export function signTwilio(options: SignTwilioOptions): SignedWebhook {
  const { secret, url, parameters = delivered } = options;
  const body = toBytes(options.body ?? new URLSearchParams(parameters).toString());
  const text = Buffer.from(body).toString();
  const isJson = /^[[{]/.test(text);
  const content = isJson ? withHash(url, body) : url + sortedPairs(text);
  return {
    method: "POST",
    headers: {
      "content-type": isJson ? "application/json" : "application/x-www-form-urlencoded",
      "user-agent": "TwilioProxy/1.1",
      "x-twilio-signature": createHmac("sha1", secret.trim()).update(content).digest("base64"),
    },
    body,
  };
}

function sortedPairs(form: string): string {
  const names = [...new Set(new URLSearchParams(form).keys())].sort();
  return names
    .flatMap((name) =>
      [...new Set(new URLSearchParams(form).getAll(name))].sort().map((value) => name + value),
    )
    .join("");
}

/** The URL that Twilio asks for where it sends JSON. */
function withHash(url: string, body: Uint8Array): string {
  const hash = createHash("sha256").update(body).digest("hex");
  return `${url}${url.includes("?") ? "&" : "?"}bodySHA256=${hash}`;
}

/** The row of the table of senders. */
export function twilioSender(): Sender {
  const secrets = ["0123456789abcdef-first-of-two", "0123456789abcdef-second-of-two"] as const;
  const url = "https://example.com/webhooks/twilio?source=twilio";
  const payload = (jobId = delivered.MessageSid, status = "delivered", data: object = {}) => {
    const more = Object.entries(data).map(([name, value]) => [name, String(value)] as const);
    return { ...delivered, MessageSid: jobId, MessageStatus: status, ...Object.fromEntries(more) };
  };
  return {
    name: "twilio",
    title: "Twilio",
    factory: "twilio",
    provider: "twilio",
    environmentVariable: "TWILIO_AUTH_TOKEN",
    signedContent: "the URL and the form’s parameters, or the URL with a hash of the body",
    makeProvider: ({ secret }) => twilio({ secret, url }),
    secrets,
    signatureHeader: "x-twilio-signature",
    payload: (jobId) => payload(jobId),
    sign: ({ secret = secrets[0], body, jobId, type, data } = {}) =>
      signTwilio({ secret, url, body, parameters: payload(jobId, type?.replace(/^message\./, ""), data) }),
  };
}
