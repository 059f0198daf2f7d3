import { malformed, type Refusal } from "../../provider.ts";
import { parseForm } from "../../reading/form.ts";
import { type JsonObject, type ParsedObject, parseJsonObject } from "../../reading/json.ts";

const encoder = new TextEncoder();

/**
 * The Events API sends JSON; slash commands and interactivity send forms, the latter with JSON as its one field
 * `payload`. The content type is not signed, so the body itself tells: no form of Slack's can be taken for JSON.
 */
export function parseSlackBody(body: Uint8Array): ParsedObject | Refusal {
  const json = parseJsonObject(body);
  if (json.ok || json.reason !== "not-json") return json;
  const form = parseForm(body);
  if (!form.ok) return form;
  const { value, text } = form;
  if (typeof value.payload === "string") {
    const payload = parseJsonObject(encoder.encode(value.payload));
    return payload.ok ? { ok: true, value: payload.value, text } : payload;
  }
  return isForm(value) ? form : malformed("not-json");
}

/** What is neither JSON nor has a field that each of Slack's forms has is no form, though a parser takes it for one. */
function isForm(value: JsonObject): boolean {
  return ["command", "token", "ssl_check"].some((name) => typeof value[name] === "string");
}
