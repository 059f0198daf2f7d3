/**
 * A parameter of a URL's query, decoded; undefined where the query does not have it, has it without a value, or more than
 * once. A URL from its path on will do.
 */
export function queryParameter(url: string | undefined, name: string): string | undefined {
  const [, query = ""] = url?.split("?", 2) ?? [];
  const [value, ...others] = new URLSearchParams(query).getAll(name);
  return others.length > 0 || value === "" ? undefined : value;
}
