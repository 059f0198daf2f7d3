import { isJsonObject } from "./json.ts";

/** Tells the events of these names by their name, where their data is an object: no more than that is looked at. */
export function knownNames(names: readonly string[]): (type: string, data: unknown) => boolean {
  const known = new Set(names);
  return (type, data) => known.has(type) && isJsonObject(data);
}
