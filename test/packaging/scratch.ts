import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { importSpecifiers } from "./entry-points.ts";
import { execute, makeTemporaryFolder, type PackedPackage, packAll, pnpm } from "./pack.ts";

/** A project outside the workspace, with every package installed from its tarball. */
export interface ScratchProject {
  readonly folder: string;
  readonly packages: readonly PackedPackage[];
  /** Everything that can be imported of the packages. */
  readonly specifiers: readonly string[];
  /** Makes a folder in the project with these files, of this module system. Returns its path. */
  addFolder(
    name: string,
    type: "module" | "commonjs",
    files: Readonly<Record<string, string>>,
  ): Promise<string>;
  remove(): Promise<void>;
}

/** What consumers compile and test with: the last compiler that knows node10, runners as they come, and an older zod. */
const tools = { jest: "30.5.2", "ts-node": "10.9.2", typescript: "5.9.3", zod: "4.1.13" };

/** Packs all packages and installs them, their peers and their peers' types in a new project. */
export async function installTarballs(): Promise<ScratchProject> {
  const folder = await makeTemporaryFolder();
  const tarballs = join(folder, "tarballs");
  const project = join(folder, "project");
  await mkdir(tarballs);
  await mkdir(project);
  const packages = [...(await packAll(tarballs)).values()];
  const ours = Object.fromEntries(packages.map(({ name, tarball }) => [name, `file:${tarball}`]));
  const manifest = {
    name: "scratch",
    private: true,
    type: "module",
    dependencies: { ...tools, ...peersOf(packages), ...ours },
  };
  await writeFile(join(project, "package.json"), JSON.stringify(manifest, null, 2));
  // Without it pnpm would ask the registry for the versions that the tarballs name of each other.
  await writeFile(join(project, "pnpm-workspace.yaml"), `overrides: ${JSON.stringify(ours)}\n`);
  await pnpm(project, "install", "--prefer-offline", "--ignore-scripts", "--no-frozen-lockfile");
  return {
    folder: project,
    packages,
    specifiers: packages.flatMap((packed) => importSpecifiers(packed, ["node", "import"])),
    async addFolder(name, type, files) {
      const path = join(project, name);
      await mkdir(path);
      const all = { "package.json": JSON.stringify({ private: true, type }), ...files };
      await Promise.all(Object.entries(all).map(([file, text]) => writeFile(join(path, file), text)));
      return path;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Runs a command of Node.js in a folder and returns what it prints. A failure holds that too. */
export async function runNode(folder: string, ...commandArguments: string[]): Promise<string> {
  try {
    const { stdout } = await execute(process.execPath, ["--no-warnings", ...commandArguments], {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: "", NODE_ENV: "production" },
      timeout: 120_000,
      maxBuffer: 1 << 26,
    });
    return stdout;
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`node ${commandArguments.join(" ")} failed:\n${stdout}\n${stderr}`);
  }
}

/** The frameworks and drivers that a user has installed, with their types, in the versions that are developed with. */
function peersOf(packages: readonly PackedPackage[]): Record<string, string> {
  const peers: Record<string, string> = {};
  for (const { manifest } of packages) {
    for (const [name, range] of Object.entries(manifest.devDependencies ?? {})) {
      const wanted = manifest.peerDependencies?.[name] !== undefined || companions.has(name);
      if (wanted) peers[name] = range;
    }
  }
  return peers;
}

const companions: ReadonlySet<string> = new Set([
  "react",
  "react-dom",
  "@types/express",
  "@types/node",
  "@types/react",
]);
