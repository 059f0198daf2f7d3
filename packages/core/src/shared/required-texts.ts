import { LatchhookError } from "../errors.ts";

/**
 * The texts of an option that has to be there: one, or a list.
 *
 * @param why ends the message, such as "the sender signs for all its customers with one key".
 * @throws LatchhookError `invalid-option` unless there is one, and none is empty.
 */
export function requiredTexts(
  provider: string,
  option: string,
  value: string | readonly string[],
  why: string,
): readonly string[] {
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  const isText = (text: unknown): text is string => typeof text === "string" && text.trim() !== "";
  if (texts.length > 0 && texts.every(isText)) return texts;
  throw new LatchhookError("invalid-option", `${provider}: ${option} is required: ${why}.`);
}
