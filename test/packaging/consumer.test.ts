import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { consumerFiles, describeCompilers, typeErrors } from "./consumers/compilers.ts";
import { describeNextStandalone } from "./consumers/next-standalone.ts";
import { describeRunners } from "./consumers/runners.ts";
import { root } from "./pack.ts";
import { installTarballs, runNode, type ScratchProject } from "./scratch.ts";

let project: ScratchProject;

beforeAll(async () => {
  project = await installTarballs();
}, 180_000);
afterAll(() => process.env.KEEP ? console.log(project.folder) : project?.remove());

describe("a project with the tarballs installed", () => {
  test("reaches no file that is not meant for users", async () => {
    const hidden = ["core/dist/esm/index.js", "core/providers/ai-stats/headers", "stores/internal/anything"];
    const code = `
      const codes = [];
      for (const path of ${JSON.stringify(hidden)})
        codes.push(await import("@latchhook/" + path).then(() => path, (error) => error.code));
      console.log(JSON.stringify(codes));
    `;
    const folder = await project.addFolder("hidden", "module", { "hidden.js": code });
    expect(JSON.parse(await runNode(folder, "hidden.js"))).toEqual(
      hidden.map(() => "ERR_PACKAGE_PATH_NOT_EXPORTED"),
    );
  });

  test("type-checks as its users write", async () => {
    const compilerOptions = {
      module: "nodenext",
      target: "es2023",
      lib: ["es2023", "dom", "dom.iterable"],
      types: ["node"],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noEmit: true,
    };
    const folder = await project.addFolder("users", "module", {
      ...consumerFiles(["custom.ts", "express.ts", "hono.ts", "next.ts"]),
      "tsconfig.json": JSON.stringify({ compilerOptions, include: ["*.ts"] }),
    });
    expect(await typeErrors(join(root, "node_modules/typescript/bin/tsc"), folder)).toEqual([]);
  });

  describeCompilers(() => project);
  describeRunners(() => project);
  describeNextStandalone(() => project);
});
