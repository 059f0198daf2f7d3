import { readSource } from "./pages.ts";

/** The members of a union of string literals in a source file: types are gone at run time. */
export function unionMembers(path: string, type: string): readonly string[] {
  const body = new RegExp(`export type ${type} =([^;]*);`).exec(readSource(path))?.[1];
  if (body === undefined) throw new Error(`${path} has no type ${type}.`);
  return [...body.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? "");
}

/** The names of an interface's members in a source file. */
export function interfaceMembers(path: string, name: string): readonly string[] {
  const body = new RegExp(`(?:export )?interface ${name}\\b[\\s\\S]*?\\n}`).exec(readSource(path))?.[0];
  if (body === undefined) throw new Error(`${path} has no interface ${name}.`);
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(<]/gm)].map((match) => match[1] ?? "");
}

/** Every outcome's code, in the order of the source. */
export function outcomeCodes(): readonly string[] {
  const body =
    /const answers = {([\s\S]*?)} as const/.exec(readSource("packages/core/src/outcome.ts"))?.[1] ?? "";
  return [...body.matchAll(/^ {2}"?([\w-]+)"?: \[/gm)].map((match) => match[1] ?? "");
}
