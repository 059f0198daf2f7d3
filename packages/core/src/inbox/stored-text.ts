const longest = 500;
const plain = /^[ -~]*$/;

/**
 * A sender's text as stores can keep and compare it: at most 500 characters, without NUL and halves of surrogates, which
 * databases refuse.
 */
export function storedText(text: string): string {
  // Nearly all are so, and the expression for the others costs several times as much.
  if (text.length <= longest && plain.test(text)) return text;
  return text.slice(0, longest).replace(/[\0\p{Cs}]/gu, "\uFFFD");
}

/** An error's text: on one line, and without what looks like a secret. */
export function storedLine(text: string): string {
  // Cut first, with some to spare for what is hidden: a message can be of any length.
  return storedText(hideSecrets(text.slice(0, longest * 4)).replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " "));
}

/** Secrets as senders, clouds and connection strings spell them. What follows the prefix goes. */
const secrets: readonly RegExp[] = [
  /(whsec_|whsk_|sk-|sk_live_|sk_test_|r8_|gh[opsu]_|xox[abp]-)[\w+/=.-]+/g,
  /((?:bearer|basic)\s+)[\w+/=.~-]+/gi,
  /(:\/\/)[^\s/@]+(?=@)/g,
  /(https?:\/\/[^\s?#"'<>]+\?)[^\s"'<>]+/g,
  /((?:secret|token|password|signature|api_?key)["']?\s*[=:]\s*["']?)[^\s"',;&]+/gi,
];

function hideSecrets(text: string): string {
  return secrets.reduce((shown, secret) => shown.replace(secret, "$1…"), text);
}
