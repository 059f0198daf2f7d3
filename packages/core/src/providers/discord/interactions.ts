import type { JsonObject } from "../../reading/json.ts";
import { discordInteractionTypes } from "./payloads.ts";

/** The names of interactions by their numbers. */
export const interactionNames: ReadonlyMap<unknown, string> = new Map(discordInteractionTypes);

/** Whether a body is an interaction, and no webhook event. */
export function isInteraction(value: JsonObject): boolean {
  return interactionNames.has(value.type);
}
