import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import * as testing from "@latchhook/testing";
import { describe, expect, it } from "vitest";
import { plain, tableUnder } from "./support/markdown.ts";
import { readPage, readSource, root } from "./support/pages.ts";
import { type SenderTable, senderTables } from "./support/sender-tables.ts";

/** Writes a table's rows below the two lines of its head. */
function writeTable({ page, heading, rows }: SenderTable): void {
  const lines = readSource(page).split("\n");
  const title = lines.findIndex((line) => line.replace(/^#+ /, "") === heading && line.startsWith("#"));
  const start = lines.findIndex((line, index) => index > title && /^\| *:?---/.test(line)) + 1;
  const length = lines.slice(start).findIndex((line) => !line.startsWith("|"));
  lines.splice(start, length, ...rows.map((cells) => `| ${cells.join(" | ")} |`));
  writeFileSync(resolve(root, page), lines.join("\n"));
}

describe("the tables that are made of the table of senders", () => {
  it.each(senderTables())("$page, $heading", (table) => {
    // UPDATE_TABLES=1 writes them; without it, they must be as they would be written.
    if (process.env.UPDATE_TABLES === "1") writeTable(table);
    expect(tableUnder(readPage(table.page), table.heading).rows).toEqual(table.rows);
  });
});

it.each(tableUnder(readPage("docs/testing.md"), "The helpers").rows.map((row) => plain(row[0])))(
  "%s is there",
  (call) => {
    expect(testing).toHaveProperty(call.slice(0, call.indexOf("(")), expect.any(Function));
  },
);
