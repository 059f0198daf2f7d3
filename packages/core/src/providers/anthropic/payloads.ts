import * as z from "zod/mini";
import { eventTypes, type SenderEvent } from "../../define-sender.ts";

const text = z.nullish(z.string());

/** `event.data`: what it is about, and of whom. Nothing else of the object is sent; fetch it by its id. */
export const anthropicObject = z.looseObject({
  id: z.string(),
  type: z.string(),
  organization_id: z.string(),
  workspace_id: text,
  session_thread_id: text,
  vault_id: text,
  enforcement_action_id: text,
});
export type AnthropicObject = z.infer<typeof anthropicObject>;

const of = <const Kind extends string, const Change extends string>(kind: Kind, changes: readonly Change[]) =>
  eventTypes(kind, changes, anthropicObject);

/**
 * Each type that Anthropic sends, with the schema of its data. Source: the types of `@anthropic-ai/sdk` 1.13. Message
 * Batches send none.
 */
export const anthropicEvents = {
  ...of("session", ["created", "pending", "running", "idled", "requires_action", "updated"]),
  ...of("session", ["archived", "deleted", "budget_reached", "outcome_evaluation_ended"]),
  ...of("session", ["status_run_started", "status_idled", "status_rescheduled", "status_terminated"]),
  ...of("session", ["thread_created", "thread_idled", "thread_terminated"]),
  ...of("agent", ["created", "updated", "archived", "deleted"]),
  ...of("deployment", ["created", "updated", "paused", "unpaused", "archived", "deleted"]),
  ...of("deployment_run", ["started", "succeeded", "failed"]),
  ...of("environment", ["created", "updated", "archived", "deleted"]),
  ...of("memory_store", ["created", "archived", "deleted"]),
  ...of("vault", ["created", "archived", "deleted"]),
  ...of("vault_credential", ["created", "archived", "deleted", "refresh_failed"]),
  ...of("user_profile", ["enforcement_action_opened", "enforcement_action_resolved"]),
  ...of("user_profile", ["program_status_updated"]),
  ...of("external_key", ["failed", "recovered"]),
  ...of("external_storage", ["failed", "recovered"]),
};
export type AnthropicEvent = SenderEvent<typeof anthropicEvents>;
