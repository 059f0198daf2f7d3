import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { anchorOf } from "./support/markdown.ts";
import { allPages, readPage, readSection, readSource, root } from "./support/pages.ts";

const pages = allPages();
const relativeLinks = pages.flatMap(({ path, links }) =>
  links.filter((link) => !/^[a-z]+:/.test(link)).map((link) => [path, link] as const),
);

describe("relative links", () => {
  it.each(relativeLinks)("%s: %s", (path, link) => {
    const [file = "", anchor] = link.split("#");
    const target = file === "" ? path : join(dirname(path), file);
    expect(existsSync(resolve(root, target)), `${target} exists`).toBe(true);
    if (anchor !== undefined) expect(readPage(target).headings.map(anchorOf)).toContain(anchor);
  });
});

describe("files that the pages name", () => {
  const named = pages.flatMap(({ path, codes }) =>
    codes
      .filter((code) => /^(?:packages|docs|test|examples|\.ci)\/[\w./-]*$/.test(code))
      .map((code) => [path, code] as const),
  );
  it.each(named)("%s: %s", (_, file) => {
    expect(existsSync(resolve(root, file))).toBe(true);
  });
});

describe("the README's commands", () => {
  it("are the two that show and test the project, and no others", () => {
    const shell = readPage("README.md").fences.filter(({ language }) => !["ts", "tsx"].includes(language));
    expect(shell.map(({ language, text }) => [language, text.trim()])).toEqual([
      ["sh", "npx -y pnpm@10.34.9 demo"],
      ["sh", "npx -y pnpm@10.34.9 test"],
    ]);
  });

  it("stand before everything else that is shown", () => {
    expect(
      readPage("README.md")
        .fences.slice(0, 2)
        .map(({ language }) => language),
    ).toEqual(["sh", "sh"]);
  });
});

describe("commands that the pages name", () => {
  const { packageManager, scripts } = JSON.parse(readSource("package.json")) as {
    readonly packageManager: string;
    readonly scripts: Readonly<Record<string, string>>;
  };
  const commands = pages.flatMap(({ path, codes, fences }) =>
    [...codes, ...fences.flatMap(({ text }) => text.split("\n"))]
      .filter((line) => line.startsWith("npx -y "))
      .map((command) => [path, command] as const),
  );

  it.each(commands)("%s: %s", (_, command) => {
    const [, , manager, script = ""] = command.split(" ");
    expect(manager).toBe(packageManager);
    expect([...Object.keys(scripts), "exec", "install"]).toContain(script);
  });
});

describe("CONTRIBUTING", () => {
  it.each(["provider", "store", "adapter"])(
    "adds a %s in at most eight steps, with a contract to call",
    (kind) => {
      const text = readSection("CONTRIBUTING.md", `Add ${kind === "adapter" ? "an" : "a"} ${kind}`);
      const steps = text.match(/^\d+\. /gm) ?? [];
      expect(steps.length).toBeGreaterThan(0);
      expect(steps.length).toBeLessThanOrEqual(8);
      expect(text).toMatch(/Copy `packages\//);
      expect(text).toContain(`\`${kind}Contract\``);
    },
  );
});
