import { readFileSync } from "node:fs";
import { join } from "node:path";
import { transform } from "esbuild";
import { describe, expect, test } from "vitest";
import { execute } from "../pack.ts";
import { runNode, type ScratchProject } from "../scratch.ts";
import { consumerFiles } from "./compilers.ts";
import { everyEntryProgram, received, receiveProgram } from "./programs.ts";

/** What runs CommonJS, or makes it of TypeScript on the way: Node.js, ts-node and Jest, as they come. */
export function describeRunners(project: () => ScratchProject): void {
  describe("without a build of the user's own", () => {
    test("require() of every entry gives what import gives", async () => {
      const { specifiers, addFolder } = project();
      const folder = await addFolder("plain", "commonjs", {
        "import.mjs": namesProgram(specifiers, "await import(specifier)"),
        "require.cjs": namesProgram(specifiers, "require(specifier)"),
      });
      const imported = JSON.parse(await runNode(folder, "import.mjs"));
      const required = JSON.parse(await runNode(folder, "require.cjs"));
      expect(Object.keys(imported)).toEqual(specifiers);
      expect(imported).toMatchObject({
        "@latchhook/core": expect.arrayContaining(["createReceiver", "verifyWebhook"]),
        "@latchhook/core/providers/ai-stats": expect.arrayContaining(["aiStats"]),
        "@latchhook/hono": ["webhook"],
        "@latchhook/stores/sqlite": ["sqliteStore"],
      });
      expect(required).toEqual(imported);
    });

    test("a process that has both builds can mix what they make", async () => {
      const program = new URL("../programs/mixed.mjs", import.meta.url);
      const folder = await project().addFolder("mixed", "module", {
        "mixed.mjs": readFileSync(program, "utf8"),
      });
      const printed = await runNode(folder, "mixed.mjs");
      expect(JSON.parse(printed)).toEqual([true, 200, 503, true, 200, 503, true]);
    });

    test("a provider's schema is one to another version of zod", async () => {
      const { "schemas.ts": program = "" } = consumerFiles(["schemas.ts"]);
      const { code } = await transform(program, { loader: "ts", format: "esm" });
      const folder = await project().addFolder("schemas", "module", { "schemas.js": code });
      const printed = JSON.parse(await runNode(folder, "schemas.js"));
      expect(printed).toEqual({ by: "zod 4.1", refused: true, nested: true, standard: true, id: "run_1" });
    });

    // Without any tsconfig.json, ts-node 10 and TypeScript 5.9 run nothing at all: their defaults contradict each other.
    test.each(["commonjs", "node16"])("ts-node with module %s", async (module) => {
      const { specifiers, folder: installed, addFolder } = project();
      const compilerOptions = { module, target: "es2022", strict: true, skipLibCheck: true };
      const folder = await addFolder(`ts-node-${module}`, "commonjs", {
        "tsconfig.json": JSON.stringify({ compilerOptions }),
        "main.ts": everyEntryProgram(specifiers).replace("./receive.js", "./receive"),
        "receive.ts": receiveProgram,
      });
      const printed = await runNode(folder, join(installed, "node_modules/ts-node/dist/bin.js"), "main.ts");
      expect(JSON.parse(printed)).toEqual({ loaded: specifiers.length, received });
    });

    test("Jest, without any configuration", async () => {
      const { specifiers, folder: installed, addFolder } = project();
      const { code } = await transform(receiveProgram, { loader: "ts", format: "cjs" });
      const folder = await addFolder("jest", "commonjs", {
        "receive.js": code,
        "receive.test.js": jestProgram(specifiers),
      });
      const { stderr } = await execute(process.execPath, [join(installed, "node_modules/jest/bin/jest.js")], {
        cwd: folder,
        env: { ...process.env, NODE_OPTIONS: "", NODE_ENV: "test" },
        timeout: 120_000,
      });
      expect(stderr).toContain(`Tests:       ${specifiers.length + 2} passed`);
    });
  });
}

/** Prints what each entry exports. */
function namesProgram(specifiers: readonly string[], load: string): string {
  return `
    const names = {};
    for (const specifier of ${JSON.stringify(specifiers)})
      names[specifier] = Object.keys(${load}).filter((name) => name !== "module.exports").sort();
    console.log(JSON.stringify(names));
  `;
}

function jestProgram(specifiers: readonly string[]): string {
  return `
    const { mkdtempSync } = require("node:fs");
    const { receive } = require("./receive");
    test.each(${JSON.stringify(specifiers)})("%s", (specifier) => {
      expect(typeof require(specifier)).toBe("object");
    });
    test("receives", async () => {
      expect(await receive()).toEqual(${JSON.stringify(received)});
    });
    test("finds an SQLite driver", async () => {
      const { sqliteStore } = require("@latchhook/stores/sqlite");
      const store = sqliteStore({ path: mkdtempSync("data-") + "/deliveries.db" });
      expect(await store.purge()).toBe(0);
      await store.close();
    });
  `;
}
