import { LatchhookError } from "@latchhook/core";

/**
 * A name that goes into SQL text: a letter or underscore, then letters, digits and underscores.
 *
 * @param option how messages call it, such as `"sqliteStore: table"`.
 * @param longest how many characters the database takes, less what is appended to the name.
 * @throws LatchhookError `invalid-option` for any other.
 */
export function requirePlainName(option: string, name: unknown, longest: number): string {
  if (typeof name === "string" && name.length <= longest && /^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    return name;
  throw new LatchhookError(
    "invalid-option",
    `${option} must be a plain SQL name: a letter or underscore, then letters, digits or underscores, at most ${longest} in all.`,
  );
}
