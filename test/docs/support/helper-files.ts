/** What the snippets take for granted: modules of the reader's own, and names that stand for them. */
export const helperFiles: Readonly<Record<string, string>> = {
  "readme/videos.ts": videosModule(),
  "readme/lib/videos.ts": videosModule(),
  "free-names.d.ts": `
    import type { Provider, Store, WebhookEvent } from "@latchhook/core";
    declare global {
      const provider: Provider;
      const store: Store;
      function persist(event: WebhookEvent): Promise<void>;
      function saveVideo(...values: unknown[]): Promise<void>;
    }
  `,
};

/** The reader's `saveVideo`: one line for each call, in a file in the working directory. */
function videosModule(): string {
  return `
    import { appendFileSync } from "node:fs";
    export async function saveVideo(id: string, url: string | null | undefined): Promise<void> {
      appendFileSync("videos.jsonl", JSON.stringify({ id, url }) + "\\n");
    }
  `;
}
