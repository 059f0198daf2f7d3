import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { KnownEvent, UnknownEvent, UnknownType, WebhookEvent } from "../event.ts";

/** Any schema that follows Standard Schema: zod, Valibot, ArkType and others. */
export type StandardSchema<Output = unknown> = StandardSchemaV1<unknown, Output>;

/** The event that `persist` gets: with `data` as the schema gives it, or unknown. Without a schema, the provider's. */
export type SchemaEvent<Event extends WebhookEvent, Schema extends StandardSchema | undefined> =
  Schema extends StandardSchema<infer Output> ? KnownEvent<Event["type"], Output> | UnknownEvent : Event;

/** Applies the user's schema to the event's data. Data that it refuses makes the event an unknown one. */
export async function applySchema(event: WebhookEvent, schema: StandardSchema): Promise<WebhookEvent> {
  const result = await schema["~standard"].validate(event.data);
  return result.issues === undefined
    ? { ...event, type: event.type, known: true, data: result.value }
    : { ...event, type: event.type as UnknownType, known: false };
}
