import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as kit from "@latchhook/stores/kit";
import { expect, it } from "vitest";

it("the kit exports what docs/stores.md says, and nothing else", () => {
  const page = readFileSync(resolve(import.meta.dirname, "../../../docs/stores.md"), "utf8");
  const section = page.slice(page.indexOf("## Your own"));
  const cells = [...section.matchAll(/^\| (`.*?`) \|/gm)].map(([, cell = ""]) => cell);
  const documented = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  expect(documented.sort()).toEqual(Object.keys(kit).sort());
});
