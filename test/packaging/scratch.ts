import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder, type PackedPackage, packAll, pnpm } from "./pack.ts";

/** A project outside the workspace, with every package installed from its tarball. */
export interface ScratchProject {
  readonly folder: string;
  readonly packages: readonly PackedPackage[];
  remove(): Promise<void>;
}

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
    dependencies: { ...peersOf(packages), ...ours },
  };
  await writeFile(join(project, "package.json"), JSON.stringify(manifest, null, 2));
  // Without it pnpm would ask the registry for the versions that the tarballs name of each other.
  await writeFile(join(project, "pnpm-workspace.yaml"), `overrides: ${JSON.stringify(ours)}\n`);
  await pnpm(project, "install", "--prefer-offline", "--ignore-scripts", "--no-frozen-lockfile");
  await cp(new URL("consumer", import.meta.url), project, { recursive: true });
  return { folder: project, packages, remove: () => rm(folder, { recursive: true, force: true }) };
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
