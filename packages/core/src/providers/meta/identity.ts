import { isJsonObject, objectMember, type ParsedObject } from "../../reading/json.ts";
import { type IdentityPart, identityPart } from "../../reading/key.ts";

/** What tells an update from all others; undefined where a part of it is missing. */
type UpdateParts = readonly (string | undefined)[];

/** What has no id of its own, so that the delivery can only be told by its whole body. */
const nameless: UpdateParts = [undefined];

/**
 * The ids of all messages and statuses, where the delivery is made of nothing else: `entry.time` and the like may differ
 * between its attempts. Of any other delivery, the whole body.
 */
export function metaIdentity({ value, text }: ParsedObject): readonly IdentityPart[] {
  const object = identityPart(value.object);
  const parts = listOf(value.entry).flatMap(partsOfEntry);
  const known = parts.filter((part) => part !== undefined);
  if (object === null || known.length === 0 || known.length < parts.length) return ["body", text];
  return ["messages", object, ...known];
}

function partsOfEntry(entry: unknown): UpdateParts {
  const { changes, messaging, ...others } = objectMember(entry);
  if (Object.keys(others).some((name) => name !== "id" && name !== "time")) return nameless;
  const parts = [...listOf(changes).flatMap(partsOfChange), ...listOf(messaging).flatMap(partsOfMessaging)];
  return parts.length === 0 ? nameless : parts;
}

/** Beside the messages of a change; their ids say as much. */
const around: ReadonlySet<string> = new Set(["messaging_product", "metadata", "contacts"]);

/** WhatsApp: each message has an id, and each status the id of its message. */
function partsOfChange(change: unknown): UpdateParts {
  const { field, value } = objectMember(change);
  const { messages, statuses, ...others } = objectMember(value);
  if (field !== "messages" || Object.keys(others).some((name) => !around.has(name))) return nameless;
  const parts = [
    ...listOf(messages).flatMap((message) => ["message", textOf(objectMember(message).id)]),
    ...listOf(statuses).flatMap((item) => {
      const { id, status } = objectMember(item);
      return ["status", textOf(id), textOf(status)];
    }),
  ];
  return parts.length === 0 ? nameless : parts;
}

/** What Messenger and Instagram put around a message. */
const envelope: ReadonlySet<string> = new Set(["sender", "recipient", "timestamp"]);

/** Messenger and Instagram: only a message that was sent has an id of its own; an edit or a reaction has that of another. */
function partsOfMessaging(item: unknown): UpdateParts {
  const { message, ...others } = objectMember(item);
  if (!isJsonObject(message) || message.is_deleted === true) return nameless;
  if (Object.keys(others).some((name) => !envelope.has(name))) return nameless;
  return ["message", textOf(message.mid)];
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
