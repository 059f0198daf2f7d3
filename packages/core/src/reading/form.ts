import { malformed, type Refusal } from "../provider.ts";
import { decodeText, type ParsedObject } from "./json.ts";

/** A name and its value, decoded. */
export type FormField = readonly [name: string, value: string];

export interface FormFields {
  readonly ok: true;
  /** In the order of the body; a name can come more than once. */
  readonly fields: readonly FormField[];
  /** The text that they were decoded from. */
  readonly text: string;
}

/** More than any sender has; a body can make a receiver look at no more than this. */
const mostFields = 1_000;

const brokenEscape = /%(?![0-9A-Fa-f]{2})/;

/**
 * The fields of an `application/x-www-form-urlencoded` body, read strictly: broken escapes and bytes that are not UTF-8
 * are refused, where the platform's own parser puts other characters in their place.
 *
 * @returns a refusal, `not-utf8`, or `not-a-form` for broken escapes and more than 1,000 fields.
 */
export function formFields(body: Uint8Array): FormFields | Refusal {
  const text = decodeText(body);
  if (text === undefined) return malformed("not-utf8");
  if (brokenEscape.test(text)) return malformed("not-a-form");
  const pairs = text.split("&", mostFields + 1);
  if (pairs.length > mostFields) return malformed("not-a-form");
  const fields: FormField[] = [];
  for (const pair of pairs) {
    if (pair === "") continue;
    const end = pair.indexOf("=");
    const name = decodeField(end < 0 ? pair : pair.slice(0, end));
    const value = decodeField(end < 0 ? "" : pair.slice(end + 1));
    if (name === undefined || value === undefined) return malformed("not-utf8");
    fields.push([name, value]);
  }
  return { ok: true, fields, text };
}

/** Undefined where the escapes are no UTF-8. */
function decodeField(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

/**
 * `parse` for senders of forms: an object of texts by name. A name that comes more than once has a list of them, in the
 * order of the body. Only for bytes that have been verified.
 *
 * @returns a refusal as of {@link formFields}.
 */
export function parseForm(body: Uint8Array): ParsedObject | Refusal {
  const form = formFields(body);
  if (!form.ok) return form;
  const values = new Map<string, string | readonly string[]>();
  for (const [name, value] of form.fields) {
    const earlier = values.get(name);
    values.set(name, earlier === undefined ? value : [earlier, value].flat());
  }
  // By definition, not assignment: `__proto__` is a name like others.
  return { ok: true, value: Object.fromEntries(values), text: form.text };
}
