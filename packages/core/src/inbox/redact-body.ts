/** In place of what is hidden: how many characters it has. */
export interface HiddenMember {
  readonly hidden: number;
}

/** What a member is called that holds what lets its reader in. */
const secretName =
  /secret|token|passw|passphrase|signature|authorization|cookie|credential|(?:api|private|access)[_-]?key|(?:download|signed|upload)[_-]?url/i;

/** A URL with a query or a user: one that is signed cannot be told from another by its look. */
const openUrl = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#\s]*@|[^?#\s]*\?)/i;

/** Deeper members are hidden whole, so that no body can exhaust the stack. */
const deepest = 100;

/**
 * A body's JSON with what is secret replaced by `{ hidden: <characters> }`: members by their name, URLs with a query, and
 * what the paths name (`data.prompt`; `*` is any member, an array's too). Null where the body is no JSON.
 */
export function redactBody(body: Uint8Array, paths: readonly string[]): unknown {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return null;
  }
  return redact(
    value,
    paths.map((path) => path.split(".")),
    0,
  );
}

/** @param paths what is left of those that lead here. */
function redact(value: unknown, paths: readonly (readonly string[])[], depth: number): unknown {
  if (typeof value === "string") return openUrl.test(value) ? hide(value) : value;
  if (typeof value !== "object" || value === null) return value;
  if (depth === deepest) return hide(value);
  const redactMember = (member: unknown, name: string): unknown => {
    const further = paths.flatMap(([first, ...rest]) => (first === name || first === "*" ? [rest] : []));
    if (further.some((rest) => rest.length === 0)) return hide(member);
    if (secretName.test(name) && holdsText(member)) return hide(member);
    return redact(member, further, depth + 1);
  };
  if (Array.isArray(value)) return value.map((member, index) => redactMember(member, String(index)));
  // Own members all of them, also one that is called __proto__.
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, redactMember(member, name)]),
  );
}

/** Flags and counts, such as `has_secret` and `total_tokens`, are no secrets. */
function holdsText(value: unknown): boolean {
  return typeof value === "string" || (typeof value === "object" && value !== null);
}

function hide(value: unknown): HiddenMember {
  return { hidden: typeof value === "string" ? value.length : lengthOf(value) };
}

function lengthOf(value: unknown): number {
  try {
    return JSON.stringify(value)?.length ?? 0;
  } catch {
    // Too deep for the stack.
    return 0;
  }
}
