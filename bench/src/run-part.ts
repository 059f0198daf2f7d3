import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type PartName, parts } from "./parts.ts";
import type { Part } from "./report.ts";

/** Runs a part in a process of its own, so that no part inherits garbage, compiled code or a core from another. */
export function runPart(name: PartName, large: boolean): Promise<Part> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), [name, String(large)]);
    child.once("message", (part) => resolve(part as Part));
    child.once("exit", (code, signal) => reject(new Error(`bench ${name} ended early (${code ?? signal})`)));
  });
}

const [, script, name, large] = process.argv;
if (process.send !== undefined && script === fileURLToPath(import.meta.url)) {
  const part = await parts[name as PartName](large === "true");
  process.send(part, () => process.exit(0));
}
