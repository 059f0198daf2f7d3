import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type SignedWebhook, signAiStats, signCreativeai, signVideogen, toRequest } from "@latchhook/testing";
import Database from "libsql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPage } from "./support/pages.ts";
import { buildNext, startNext, writeNextProject } from "./support/run-next.ts";
import { type RunningSnippet, runScript, secrets } from "./support/run-process.ts";
import { compile, writeSnippets } from "./support/snippet-project.ts";

// The snippets run as they stand in the README, in processes of their own, over the packages' `dist`: build first.
const project = writeSnippets([readPage("README.md")]);

beforeAll(async () => {
  expect([...(await compile(project)).values()].flat()).toEqual([]);
}, 120_000);
afterAll(project.remove);

/** How the sender signs an attempt at the delivery of `job`. */
type Sign = (job: string, attempt: number, forged?: string) => SignedWebhook;

const aiStats: Sign = (jobId, attempt, forged) =>
  signAiStats({ secret: forged ?? secrets.AI_STATS_WEBHOOK_SECRET, jobId, attempt });
const creativeai: Sign = (generationId, _, forged) =>
  signCreativeai({ secret: forged ?? secrets.CREATIVEAI_API_KEY, generationId });
/** The id of a VideoGen delivery is derived from event and job, so each attempt has the same. */
const videogen: Sign = (jobId, _, forged) =>
  signVideogen({
    secret: forged === undefined ? secrets.VIDEOGEN_WEBHOOK_SECRET : `whsec_${btoa(forged)}`,
    event: "workflow_run.succeeded",
    jobId,
  });

/** A working directory of its own for a snippet. */
function workingFolder(name: string): string {
  const folder = join(project.folder, "run", name.replaceAll(/\W+/g, "-"));
  mkdirSync(folder, { recursive: true });
  return folder;
}

function compiledUnder(heading: string): string {
  const found = project.snippets.filter((snippet) => snippet.heading === heading);
  expect(found, `snippets under "${heading}"`).toHaveLength(1);
  return join(project.folder, "out", found[0]?.path.replace(/\.ts$/, ".js") ?? "");
}

/** The ids that the snippets' `saveVideo` was called with. */
function savedVideos(folder: string): readonly string[] {
  const path = join(folder, "videos.jsonl");
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").trim().split("\n");
  return lines.map((line) => (JSON.parse(line) as { id: string }).id);
}

/** A delivery, its retry and a forged one; each with its answer, and one call of the callback. */
async function expectDelivered(url: string, sign: Sign, saved: () => readonly string[]): Promise<void> {
  async function send(signed: SignedWebhook): Promise<unknown> {
    const response = await fetch(toRequest(signed, url));
    return [response.status, await response.json()];
  }
  expect(await send(sign("job_1", 1))).toEqual([200, { received: true }]);
  expect(await send(sign("job_1", 2))).toEqual([200, { received: true, duplicate: true }]);
  expect(await send(sign("job_2", 1, "the-secret-of-somebody-else"))).toEqual([
    401,
    { error: "unauthentic" },
  ]);
  expect(saved()).toEqual(["job_1"]);
}

async function withRunning(
  start: Promise<RunningSnippet>,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const running = await start;
  try {
    await use(running.url);
  } catch (error) {
    // Why the snippet answered as it did is in what it logged.
    throw new Error(`${error}\n${running.output()}`, { cause: error });
  } finally {
    await running.stop();
  }
}

const serveFetch = resolve(import.meta.dirname, "support/serve-fetch.mjs");

describe("the README's snippets work", () => {
  it.each([
    ["Express", "/webhooks/ai-stats", aiStats],
    ["Hono", "/webhooks/creativeai", creativeai],
  ])("%s", async (heading, path, sign) => {
    const folder = workingFolder(heading);
    await withRunning(runScript(compiledUnder(heading), [], folder), (url) =>
      expectDelivered(`${url}${path}`, sign, () => savedVideos(folder)),
    );
  });

  it("Anything that speaks fetch", async () => {
    const heading = "Anything that speaks fetch";
    const folder = workingFolder(heading);
    await withRunning(runScript(serveFetch, [compiledUnder(heading)], folder), (url) =>
      expectDelivered(url, aiStats, () => savedVideos(folder)),
    );
  });

  it("Exactly once", async () => {
    const folder = workingFolder("exactly-once");
    await withRunning(runScript(serveFetch, [compiledUnder("Exactly once")], folder), (url) =>
      expectDelivered(url, aiStats, () => {
        const database = new Database(join(folder, "app.db"));
        const rows = database.prepare("SELECT id FROM videos").all() as { id: string }[];
        database.close();
        return rows.map(({ id }) => id);
      }),
    );
  });

  it("Next.js, both routers, built and started", async () => {
    const folder = writeNextProject(project);
    await buildNext(folder);
    await withRunning(startNext(folder), async (url) => {
      await expectDelivered(`${url}/webhooks/ai-stats`, aiStats, () => savedVideos(folder));
      await expectDelivered(`${url}/api/videogen`, videogen, () => savedVideos(folder).slice(1));
    });
  }, 240_000);
});
