import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allPages } from "./support/pages.ts";
import { type CompilerErrors, compile, writeSnippets } from "./support/snippet-project.ts";

// Snippets import the packages as their users do, by `dist`: build first.
describe("the snippets of the documentation", () => {
  const project = writeSnippets(allPages());
  let errors: CompilerErrors = new Map();

  beforeAll(async () => {
    errors = await compile(project);
  }, 120_000);
  afterAll(project.remove);

  it.each(project.snippets.map(({ origin, path }) => [origin, path]))("%s compiles", (_, path) => {
    expect(errors.get(path) ?? []).toEqual([]);
  });

  it("nothing else is wrong with the project", () => {
    const known = new Set(project.snippets.map(({ path }) => path));
    expect([...errors].filter(([path]) => !known.has(path))).toEqual([]);
  });
});
