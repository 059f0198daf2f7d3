import { growthPart } from "./growth.ts";
import { importsPart } from "./imports.ts";
import { inboxPart } from "./inbox.ts";
import { memoryPart } from "./memory.ts";
import { millionPart } from "./million.ts";
import { pathPart } from "./path.ts";
import { processesPart } from "./processes.ts";
import type { Part } from "./report.ts";
import { storesPart } from "./stores.ts";
import { verifyPart } from "./verify.ts";

/** What the benchmark consists of, in the order in which it runs. */
export const parts = {
  verify: verifyPart,
  path: pathPart,
  stores: storesPart,
  inbox: inboxPart,
  million: millionPart,
  memory: memoryPart,
  growth: growthPart,
  processes: processesPart,
  imports: importsPart,
} satisfies Record<string, (large: boolean) => Promise<Part>>;

export type PartName = keyof typeof parts;

export const partNames: readonly PartName[] = Object.keys(parts) as PartName[];

export function isPartName(name: string): name is PartName {
  return name in parts;
}
