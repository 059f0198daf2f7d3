import { defineSender } from "../define-sender.ts";
import type { KnownEvent, UnknownEvent } from "../event.ts";
import type { Provider } from "../provider.ts";
import { parseForm } from "../reading/form.ts";
import { type JsonObject, parseJsonArray, parseJsonObject, stringMember } from "../reading/json.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { isJson, twilioParameters, twilioSignature } from "./twilio/signature.ts";

export interface TwilioOptions {
  /** The URL of this endpoint as it is entered at Twilio, query included, without a fragment: it is signed. */
  readonly url: string;
  /** The account's auth token. Default: the environment's `TWILIO_AUTH_TOKEN`. */
  readonly secret?: SecretOption | undefined;
}

/** A form's parameters by name, as Twilio names them; one that comes more than once has a list. */
export type TwilioParameters = Readonly<Record<string, string | readonly string[]>>;

/** `type` is what the parameters are about and its status, such as `message.delivered` or `call.completed`. */
export type TwilioEvent = KnownEvent<string, TwilioParameters> | UnknownEvent;

/** What a form is about, by its id and status; those that come within others first. */
const subjects = [
  ["recording", "RecordingSid", ["RecordingStatus"]],
  ["transcription", "TranscriptionSid", ["TranscriptionStatus"]],
  ["conference", "ConferenceSid", ["StatusCallbackEvent"]],
  ["message", "MessageSid", ["MessageStatus", "SmsStatus"]],
  ["call", "CallSid", ["CallStatus"]],
] as const;

/**
 * Twilio. It signs the URL and the form's parameters, or the URL with a hash of the JSON body; no time. So a captured
 * delivery would be believed for ever, and its record is kept for good. A success is answered with empty TwiML.
 *
 * @throws LatchhookError `missing-secret`, or `invalid-option` unless `url` is an absolute URL.
 */
export function twilio(options: TwilioOptions): Provider<TwilioEvent> {
  return defineSender<TwilioEvent>({
    name: "twilio",
    signature: twilioSignature({ secret: options.secret, url: options.url }),
    // Documented: 15 s, and by default one more attempt, where no connection could be made; the URL's fragment can ask
    // for up to five, whose pauses are not documented.
    policy: { timeoutMs: 15_000, shortestRetryGapMs: 100, retryHorizonMs: 86_400_000, maxAttempts: null },
    successReply: { contentType: "text/xml", body: "<Response/>" },
    parse: (body) =>
      !isJson(body) ? parseForm(body) : body[0] === 0x5b ? parseJsonArray(body) : parseJsonObject(body),
    knows: (type) => type !== "",
    read({ value, text, body }) {
      if (isJson(body)) {
        return {
          type: "",
          data: text.startsWith("[") ? value.items : value,
          identity: ["body", text],
          undated: true,
        };
      }
      const { type, id } = subjectOf(value);
      // Name and value are signed without a border between them: whoever has a delivery can move it, and would have
      // another one by its members, but not by what was signed.
      const signed = ["form", twilioParameters(body) ?? text];
      return type.startsWith("message.")
        ? { type, data: value, identity: [type, id], replayIdentity: signed, undated: true }
        : { type, data: value, identity: signed, undated: true };
    },
  });
}

function subjectOf(parameters: JsonObject): { readonly type: string; readonly id: string } {
  for (const [kind, idName, statusNames] of subjects) {
    const id = stringMember(parameters[idName]);
    const status = statusNames.map((name) => stringMember(parameters[name])).find((one) => one !== "");
    if (id !== "" && status !== undefined) return { type: `${kind}.${status}`, id };
  }
  return { type: "", id: "" };
}
