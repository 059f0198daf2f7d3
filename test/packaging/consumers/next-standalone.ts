import { spawn } from "node:child_process";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { signAiStats } from "@latchhook/testing";
import { describe, expect, test } from "vitest";
import { freePort } from "../../support/free-port.ts";
import { nextTsconfig } from "../../support/next-tsconfig.ts";
import { root } from "../pack.ts";
import { runNode, type ScratchProject } from "../scratch.ts";

const secret = "whsec_of_a_standalone_server";

/**
 * What a container image holds: `next build` with `output: "standalone"` copies the modules that it has traced, and
 * nothing else is there when the server runs.
 */
export function describeNextStandalone(project: () => ScratchProject): void {
  describe("Next.js", () => {
    test("a standalone build with the README's route and configuration receives, SQLite driver included", async () => {
      const { folder } = project();
      const readme = await readFile(join(root, "README.md"), "utf8");
      const files = {
        "app/webhooks/ai-stats/route.ts": snippet(readme, "app/webhooks/ai-stats/route.ts"),
        "next.config.ts": standalone(snippet(readme, "next.config.ts")),
        "app/layout.tsx": layout,
        "lib/videos.ts": "export async function saveVideo(_id: string, _url: unknown): Promise<void> {}",
        "tsconfig.json": JSON.stringify(tsconfig),
      };
      for (const [file, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, file)), { recursive: true });
        await writeFile(join(folder, file), text);
      }
      await runNode(folder, "node_modules/next/dist/bin/next", "build");
      // Away from the project, whose node_modules would be found from below it.
      const image = join(folder, "../image");
      await cp(join(folder, ".next/standalone"), image, { recursive: true, verbatimSymlinks: true });
      expect(await deliverTo(image)).toEqual([200, 200, 401]);
    }, 180_000);
  });
}

/** A snippet of the README, by the file name in its first line. */
function snippet(readme: string, file: string): string {
  const start = readme.indexOf(`// ${file}`);
  if (start === -1) throw new Error(`README.md has no snippet for ${file}`);
  return readme.slice(start, readme.indexOf("```", start));
}

function standalone(configuration: string): string {
  const opening = "const config: NextConfig = {";
  if (!configuration.includes(opening)) throw new Error(`next.config.ts has no ${opening}`);
  return configuration.replace(opening, `${opening}\n  output: "standalone",`);
}

/** Starts the server, and sends it a delivery, its retry and a forgery. */
async function deliverTo(image: string): Promise<number[]> {
  const port = await freePort();
  const server = spawn(process.execPath, ["server.js"], {
    cwd: image,
    env: {
      NODE_ENV: "production",
      PORT: String(port),
      HOSTNAME: "127.0.0.1",
      AI_STATS_WEBHOOK_SECRET: secret,
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
  try {
    const statuses: number[] = [];
    for (const signedWith of [secret, secret, "another"]) {
      const signed = signAiStats({ secret: signedWith, type: "video.completed", jobId: "video_1" });
      statuses.push(await post(`http://127.0.0.1:${port}/webhooks/ai-stats`, signed));
    }
    return statuses;
  } finally {
    server.kill("SIGKILL");
  }
}

/** Sends a request, again and again until the server listens. */
async function post(url: string, { method, headers, body }: ReturnType<typeof signAiStats>): Promise<number> {
  const givenUpAt = Date.now() + 20_000;
  while (true) {
    try {
      return (await fetch(url, { method, headers, body, signal: AbortSignal.timeout(10_000) })).status;
    } catch (error) {
      if (Date.now() > givenUpAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

const layout = `
  import type { ReactNode } from "react";
  export default function Layout({ children }: { children: ReactNode }) {
    return <html lang="en"><body>{children}</body></html>;
  }
`;

/** Without the folders of other consumers. */
const tsconfig = nextTsconfig({ include: ["app/**/*.ts", "app/**/*.tsx", "lib/**/*.ts"] });
