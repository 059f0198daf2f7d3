/** Fewer characters than any sender issues: tried through in no time by whoever has one signed delivery. */
const fewestCharacters = 8;

/** Fewer different characters than chance gives to a secret of any length that senders issue. */
const fewestDifferent = 4;

/** What stands in templates and tutorials where a secret belongs. */
const placeholder =
  /^(?:change[-_ ]?(?:me|this)|(?:your|my|the)?[-_ ]?(?:webhook[-_ ]?)?(?:secret|password)(?:[-_ ]?(?:here|key))?|password\d*|12345678\d*|test[-_ ]?secret)$/i;

/** The factories that have been told. Once is enough: options may be made anew for each request. */
const told = new Set<string>();

/**
 * Warns on the console, once for each provider's factory, where a secret can be guessed. It is used all the same: the
 * sender chose it, and refusing it would refuse what it signs. The secret itself is not shown.
 */
export function warnOfWeakSecret(provider: string, secret: string): void {
  const problem = weakness(secret.trim());
  if (problem === undefined || told.has(provider)) return;
  told.add(provider);
  console.warn(
    `[latchhook] ${provider}: the secret ${problem}. Whoever can guess it can sign deliveries. Where the sender lets you choose it, use 32 random characters.`,
  );
}

/** What makes a secret weak, or undefined. */
function weakness(secret: string): string | undefined {
  const text = secret.replace(/^whsec_/, "");
  if (/^(["'`]).*\1$/s.test(text)) return "has quotation marks around it, which count as part of it";
  if (text.length < fewestCharacters) return `has fewer than ${fewestCharacters} characters`;
  if (new Set(text).size < fewestDifferent) return "is the same few characters over and over";
  return placeholder.test(text) ? "is a placeholder" : undefined;
}
