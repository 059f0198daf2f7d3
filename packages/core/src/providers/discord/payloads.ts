import * as z from "zod/mini";
import type { KnownEvent, UnknownEvent } from "../../event.ts";

const text = z.nullish(z.string());

/** What an app can be told of by webhook events. Source: `WebhookEventType` of `discord-interactions`. */
export const discordEventTypes = [
  "APPLICATION_AUTHORIZED",
  "APPLICATION_DEAUTHORIZED",
  "ENTITLEMENT_CREATE",
  "QUEST_USER_ENROLLMENT",
  "LOBBY_MESSAGE_CREATE",
  "LOBBY_MESSAGE_UPDATE",
  "LOBBY_MESSAGE_DELETE",
  "GAME_DIRECT_MESSAGE_CREATE",
  "GAME_DIRECT_MESSAGE_UPDATE",
  "GAME_DIRECT_MESSAGE_DELETE",
] as const;

/** Interactions by the number in `type`. Source: `InteractionType` of `discord-interactions`. */
export const discordInteractionTypes = [
  [2, "APPLICATION_COMMAND"],
  [3, "MESSAGE_COMPONENT"],
  [4, "APPLICATION_COMMAND_AUTOCOMPLETE"],
  [5, "MODAL_SUBMIT"],
] as const;

/** `event.data` of a webhook event, the whole signed body. */
export const discordWebhookEvent = z.looseObject({
  type: z.literal(1),
  application_id: text,
  event: z.looseObject({ type: z.string(), timestamp: text, data: z.optional(z.unknown()) }),
});

/** `event.data` of an interaction, the whole signed body. Its `token` answers for the app: do not log it. */
export const discordInteraction = z.looseObject({
  id: z.string(),
  application_id: text,
  type: z.number(),
  token: z.string(),
  data: z.optional(z.unknown()),
});

export type DiscordWebhookEvent = z.infer<typeof discordWebhookEvent>;
export type DiscordInteraction = z.infer<typeof discordInteraction>;

type EventType = (typeof discordEventTypes)[number];
type InteractionType = (typeof discordInteractionTypes)[number][1];

/** Webhook events under Discord's names, interactions under those of its documentation. */
export type DiscordEvent =
  | { [Name in EventType]: KnownEvent<Name, DiscordWebhookEvent> }[EventType]
  | { [Name in InteractionType]: KnownEvent<Name, DiscordInteraction> }[InteractionType]
  | UnknownEvent;
