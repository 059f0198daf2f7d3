import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { isPartName, partNames } from "./parts.ts";
import { type Part, printPart } from "./report.ts";
import { runPart } from "./run-part.ts";

const { values, positionals } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== "--"),
  allowPositionals: true,
  options: { json: { type: "string" }, large: { type: "boolean", default: false } },
});

const unknown = positionals.filter((name) => !isPartName(name));
if (unknown.length > 0) {
  console.error(`bench: there is no part ${unknown.join(", ")}. Parts: ${partNames.join(", ")}.`);
  process.exit(2);
}

const machine = `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores, Node ${process.versions.node}`;
console.log(machine);
const results: Record<string, Part> = {};
for (const name of positionals.length > 0 ? positionals.filter(isPartName) : partNames) {
  const part = await runPart(name, values.large);
  printPart(part);
  results[name] = part;
}
const rows = Object.values(results).flatMap((part) => part.rows.filter((row) => row.met !== undefined));
console.log(`\n${rows.filter((row) => row.met).length} of ${rows.length} targets met`);
if (values.json !== undefined) {
  writeFileSync(
    values.json,
    `${JSON.stringify({ machine, date: new Date().toISOString(), results }, null, 2)}\n`,
  );
}
