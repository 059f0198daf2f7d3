import { type ExecFileOptions, execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const executeUnlimited = promisify(execFile);
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Runs a program, for two minutes at most. Rejects where it ends with another code than 0. */
export function execute(
  program: string,
  parameters: readonly string[],
  options: ExecFileOptions = {},
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const limits = { timeout: 120_000, killSignal: "SIGKILL", maxBuffer: 1 << 26 } as const;
  return executeUnlimited(program, parameters, { ...limits, ...options, encoding: "utf8" });
}

/** What these tests read of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly packageManager?: string;
  readonly main?: string;
  readonly types?: string;
  readonly typesVersions?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  readonly exports: Readonly<Record<string, ExportTarget>>;
  readonly imports?: Readonly<Record<string, ExportTarget>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** A file, none, or one of several by condition. */
export type ExportTarget = string | null | { readonly [condition: string]: ExportTarget };

/** A package as a user gets it. */
export interface PackedPackage {
  readonly name: string;
  readonly tarball: string;
  /** Where it was unpacked. */
  readonly folder: string;
  /** As it is in the tarball. */
  readonly manifest: Manifest;
  /** Paths in the tarball, with slashes. */
  readonly files: readonly string[];
}

/** The names of the packages that are published. */
export const publicPackages: readonly string[] = readdirSync(join(root, "packages"))
  .map((folder) => readManifest(join(root, "packages", folder)))
  .filter((manifest) => manifest.private !== true)
  .map((manifest) => manifest.name);

/** The manifest in a folder. */
export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}

/** A new folder outside the workspace. */
export function makeTemporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "latchhook-packaging-"));
}

/** Runs pnpm at the version that the repository pins. */
export async function pnpm(folder: string, ...commandArguments: string[]): Promise<void> {
  const { packageManager = "pnpm" } = readManifest(root);
  await execute("npx", ["--yes", packageManager, ...commandArguments], { cwd: folder });
}

/** Packs every public package into `folder`, and unpacks it beside. Needs a build. */
export async function packAll(folder: string): Promise<ReadonlyMap<string, PackedPackage>> {
  await pnpm(root, "--recursive", "--filter", "./packages/*", "pack", "--pack-destination", folder);
  const packed = await Promise.all(publicPackages.map((name) => unpack(name, folder)));
  return new Map(packed.map((one) => [one.name, one]));
}

async function unpack(name: string, destination: string): Promise<PackedPackage> {
  const prefix = `${name.slice(1).replace("/", "-")}-`;
  const file = (await readdir(destination)).find(
    (entry) => entry.startsWith(prefix) && entry.endsWith(".tgz"),
  );
  if (file === undefined) throw new Error(`${name} was not packed`);
  const tarball = join(destination, file);
  const folder = join(destination, "unpacked", file);
  await mkdir(folder, { recursive: true });
  await execute("tar", ["-xzf", tarball, "-C", folder, "--strip-components=1"]);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/"));
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest;
  return { name, tarball, folder, manifest, files };
}
