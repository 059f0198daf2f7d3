/**
 * A whole number from the environment. An empty variable counts as one that is not set.
 *
 * @throws Error that names the variable and what it may be.
 */
export function readNumber(
  environment: NodeJS.ProcessEnv,
  name: string,
  byDefault: number,
  { least = 0, most }: { readonly least?: number; readonly most: number },
): number {
  const text = environment[name] || String(byDefault);
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new Error(`${name} must be a whole number from ${least} to ${most}.`);
}
