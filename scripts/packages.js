import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** The condition under which the packages' own tests get sources. */
export const sourceCondition = "@latchhook/source";

/** The folders of the packages that are published. */
export function packageFolders() {
  return readdirSync(join(root, "packages"))
    .map((name) => join(root, "packages", name))
    .filter((folder) => readManifest(folder).private !== true);
}

export function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

/** The module that a source file becomes, as its path in the folders of both builds: `"providers/ai-stats"`. */
export function moduleOf(source) {
  return source.replace(/^\.\/src\//, "").replace(/\.ts$/, "");
}

/** The modules that are built as files of their own: what `exports` and `imports` name, and the command. */
export function entryModules({ exports = {}, imports = {}, bin }) {
  const sources = [exports, imports].flatMap(sourcesIn);
  const modules = new Set(sources.map(moduleOf));
  if (bin !== undefined) modules.add("cli");
  return [...modules];
}

function sourcesIn(conditions) {
  if (typeof conditions !== "object" || conditions === null) return [];
  return Object.entries(conditions).flatMap(([condition, target]) =>
    condition === sourceCondition ? [target] : sourcesIn(target),
  );
}
