import * as z from "zod/mini";
import type { KnownEvent, UnknownEvent } from "../../event.ts";
import type { JsonObject } from "../../reading/json.ts";
import type { SlackEventName } from "./event-names.ts";

const text = z.nullish(z.string());

/** `event.data` of the Events API: the envelope, with the event itself as `event`. */
export const slackEventCallback = z.looseObject({
  type: z.literal("event_callback"),
  event_id: z.string(),
  team_id: text,
  api_app_id: text,
  event: z.looseObject({ type: z.string().check(z.minLength(1)) }),
});
/** `event.data` of `app_rate_limited`: Slack holds events of the workspace back. */
export const slackRateLimit = z.looseObject({
  type: z.literal("app_rate_limited"),
  minute_rate_limited: z.number(),
});
/** `event.data` of a slash command: the members of its form. */
export const slackSlashCommand = z.looseObject({
  command: z.string(),
  text: z.optional(z.string()),
  team_id: z.optional(z.string()),
  channel_id: z.optional(z.string()),
  user_id: z.optional(z.string()),
  response_url: z.optional(z.string()),
  trigger_id: z.optional(z.string()),
});

/** What the `payload` of interactivity can be of. Source: `@slack/bolt`. */
export const slackInteractionTypes = [
  "block_actions",
  "block_suggestion",
  "dialog_submission",
  "dialog_suggestion",
  "interactive_message",
  "message_action",
  "shortcut",
  "view_closed",
  "view_submission",
] as const;
/** `event.data` of interactivity: the form's `payload`. */
export const slackInteraction = z.looseObject({ type: z.enum(slackInteractionTypes), trigger_id: text });

export type SlackRateLimit = z.infer<typeof slackRateLimit>;
export type SlackSlashCommand = z.infer<typeof slackSlashCommand>;
export type SlackInteraction = z.infer<typeof slackInteraction>;
export type SlackEventCallback<Event> = z.infer<typeof slackEventCallback> & { readonly event: Event };

/** An event of the Events API without its types. */
export type SlackEventBody = JsonObject & { readonly type: SlackEventName };

/**
 * What Slack sends. Without a parameter `event.data.event` is any JSON object; with the union `SlackEvent` of Slack's
 * package `@slack/types` each event has its own type.
 */
export type SlackEvent<Event extends { readonly type: string } = SlackEventBody> =
  | (Event extends unknown ? Named<Event["type"], Event> : never)
  | KnownEvent<"app_rate_limited", SlackRateLimit>
  | KnownEvent<"slash_command", SlackSlashCommand>
  | {
      [Type in SlackInteraction["type"]]: KnownEvent<Type, SlackInteraction & { readonly type: Type }>;
    }[SlackInteraction["type"]]
  | UnknownEvent;

/** One known event for each name. `app_rate_limited` comes without the envelope, though the vendor's union holds it. */
type Named<Name extends string, Event> = Name extends "app_rate_limited"
  ? never
  : Name extends unknown
    ? KnownEvent<Name, SlackEventCallback<Event & { readonly type: Name }>>
    : never;
