import { LatchhookError } from "@latchhook/core";
import type { HttpDefaults } from "./http-defaults.ts";

/**
 * The API key: the option, or the environment's variable.
 *
 * @throws LatchhookError `missing-secret` or `invalid-secret`, naming both and never the key.
 */
export function resolveApiKey(
  apiKey: string | undefined,
  { factory, environmentVariable: variable, keyOption = "apiKey" }: HttpDefaults,
): string {
  const environment = (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env;
  const key = (apiKey ?? environment?.[variable] ?? "").trim();
  if (["", "undefined", "null"].includes(key)) {
    throw new LatchhookError(
      "missing-secret",
      `${factory}: there is no API key. Pass { ${keyOption} } or set ${variable}.`,
    );
  }
  // It travels in a header: anything but visible ASCII would make fetch throw with the key in its message.
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new LatchhookError(
      "invalid-secret",
      `${factory}: the API key holds characters that no API key has. Copy it whole, as the sender showed it.`,
    );
  }
  return key;
}
