import { type JsonObject, objectMember } from "../../reading/json.ts";

/** What is stored and shown of an event is to hold no secret. */
export function withoutSecret(value: JsonObject): JsonObject {
  const metadata = objectMember(value.metadata);
  if (!Object.hasOwn(objectMember(metadata.extra), "callback_secret")) return value;
  const { callback_secret: _secret, ...extra } = objectMember(metadata.extra);
  return { ...value, metadata: { ...metadata, extra } };
}
