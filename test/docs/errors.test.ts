import { describe, expect, it } from "vitest";
import { type OutcomeCode, toAnswer } from "../../packages/core/src/outcome.ts";
import { plain, tableUnder } from "./support/markdown.ts";
import { readPage } from "./support/pages.ts";
import { outcomeCodes, unionMembers } from "./support/source-facts.ts";

const page = readPage("docs/errors.md");

function codesUnder(heading: string): readonly string[] {
  return tableUnder(page, heading).rows.map(([code]) => plain(code));
}

describe("docs/errors.md lists", () => {
  it("every outcome with its answer, and no other", () => {
    const documented = tableUnder(page, "Outcomes").rows.map(([code, status, body]) => [
      plain(code),
      Number(status),
      plain(body),
    ]);
    const actual = outcomeCodes().map((code) => {
      const { status, body } = toAnswer({ code: code as OutcomeCode });
      return [code, status, body];
    });
    expect(actual.length).toBeGreaterThan(0);
    expect(documented).toEqual(actual);
  });

  it.each([
    ["Unauthentic", "packages/core/src/provider.ts", "UnauthenticReason"],
    ["Malformed", "packages/core/src/provider.ts", "MalformedReason"],
    ["Thrown errors", "packages/core/src/errors.ts", "LatchhookErrorCode"],
  ])("%s: every code of %s, and no other", (heading, path, type) => {
    expect(codesUnder(heading)).toEqual(unionMembers(path, type));
  });

  it("a cause for each, and a mend for each that can be mended", () => {
    for (const heading of ["Outcomes", "Unauthentic", "Malformed", "Thrown errors"]) {
      const { columns, rows } = tableUnder(page, heading);
      for (const row of rows) expect(row, `${heading}: ${row[0]}`).toHaveLength(columns.length);
      const causes = rows.map((row) => row[columns.indexOf("cause")]);
      expect(causes.filter((cause) => cause === "" || cause === undefined)).toEqual([]);
    }
  });
});
