import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

const root = resolve(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const json = (path: string) => JSON.parse(read(path)) as Record<string, unknown>;

interface Workflow {
  readonly on: unknown;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

interface Job {
  readonly "timeout-minutes": number;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly unknown[]>> };
  readonly steps: readonly {
    readonly uses?: string;
    readonly run?: string;
    readonly env?: Record<string, string>;
  }[];
}

const workflow = (name: string): Workflow => parse(read(`.github/workflows/${name}.yml`)) as Workflow;

describe("the workflows", () => {
  it.each(readdirSync(join(root, ".github/workflows")))(
    "%s reads only, and no job waits for ever",
    (name) => {
      const { permissions, jobs } = workflow(name.replace(".yml", ""));
      expect(permissions).toEqual({ contents: "read" });
      for (const job of Object.values(jobs)) expect(job["timeout-minutes"]).toBeLessThanOrEqual(60);
    },
  );

  it("test on every supported Node.js, on Bun, Deno and Workers", () => {
    const { jobs } = workflow("ci");
    expect(jobs.everything?.strategy?.matrix.node).toEqual([20, 22, 24]);
    expect(jobs.runtimes?.strategy?.matrix.runtime).toEqual(["bun", "deno", "workerd"]);
  });

  it("publish with provenance, after everything has passed", () => {
    const release = workflow("release").jobs.release as Job;
    expect(release.permissions).toMatchObject({ "id-token": "write" });
    const commands = release.steps.map(({ run, uses }) => run ?? uses ?? "");
    const tested = commands.findIndex((command) => command.includes(".ci/run"));
    const published = commands.findIndex((command) => command.startsWith("changesets/action@"));
    expect(tested).toBeGreaterThanOrEqual(0);
    expect(published).toBeGreaterThan(tested);
    expect(release.steps[published]?.env).toMatchObject({ NPM_CONFIG_PROVENANCE: "true" });
  });

  it("call commands that are there", () => {
    const { scripts, packageManager } = json("package.json") as {
      readonly scripts: Readonly<Record<string, string>>;
      readonly packageManager: string;
    };
    const texts = readdirSync(join(root, ".github/workflows")).map((name) =>
      read(`.github/workflows/${name}`),
    );
    const commands = texts.flatMap((text) => [...text.matchAll(/npx -y (\S+) (\S+)/g)]);
    expect(commands.length).toBeGreaterThan(3);
    for (const [, manager, script = ""] of commands) {
      expect(manager).toBe(packageManager);
      expect([...Object.keys(scripts), "exec"]).toContain(script);
    }
  });

  it.each([
    ".github/dependabot.yml",
    ...readdirSync(join(root, ".github/ISSUE_TEMPLATE")).map((name) => `.github/ISSUE_TEMPLATE/${name}`),
  ])("%s parses", (path) => {
    expect(parse(read(path))).toBeTypeOf("object");
  });
});

describe("the packages' metadata", () => {
  const packages = readdirSync(join(root, "packages")).filter((name) =>
    existsSync(join(root, "packages", name, "package.json")),
  );

  it.each(packages)("%s: absolute links, public access, a licence, provenance's repository", (name) => {
    expect(json(`packages/${name}/package.json`)).toMatchObject({
      license: "MIT",
      homepage: expect.stringMatching(/^https:\/\//),
      bugs: { url: expect.stringMatching(/^https:\/\//) },
      repository: { url: expect.stringMatching(/^git\+https:\/\//), directory: `packages/${name}` },
      publishConfig: { access: "public" },
      description: expect.stringMatching(/\.$/),
    });
  });

  it("all have one version, and are released together", () => {
    const names = packages.map((name) => String(json(`packages/${name}/package.json`).name));
    expect(json(".changeset/config.json").fixed).toEqual([names.toSorted()]);
    expect(new Set(packages.map((name) => json(`packages/${name}/package.json`).version)).size).toBe(1);
  });
});

it("every changeset can be released", async () => {
  // In a process of its own: it is CommonJS over packages that only Node resolves.
  const program = `require("@changesets/get-release-plan").default(process.argv[1]).then((plan) => console.log(JSON.stringify(plan)))`;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", program, root], {
    cwd: realpathSync(join(root, "node_modules/@changesets/cli")),
    timeout: 30_000,
  });
  const { releases } = JSON.parse(stdout) as { readonly releases: readonly unknown[] };
  expect(releases.length).toBeGreaterThan(0);
});
