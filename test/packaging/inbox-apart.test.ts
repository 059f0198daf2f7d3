import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { root } from "./pack.ts";

/** What opening an inbox takes: without the option nobody may carry it. */
const inboxCode = "packages/core/src/inbox/";

/** A text of it that no bundler changes: the cipher of kept bodies. */
const inboxText = "AES-GCM";

const receiverOnly = `
  export { createReceiver } from "@latchhook/core";
  export { standardWebhooks } from "@latchhook/core/providers/standard-webhooks";
  export { webhook } from "@latchhook/hono";
`;
const withStore = `${receiverOnly}
  export { memoryStore } from "@latchhook/core/stores/memory";
`;

async function bundle(contents: string, conditions: readonly string[]) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: `${root}/test` },
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    conditions: [...conditions, "workerd", "worker", "browser"],
    external: ["hono", "hono/*"],
  });
  const inputs = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
  return {
    text: outputFiles[0]?.text ?? "",
    modules: inputs.flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  };
}

describe("the code of the inbox", () => {
  test("comes with a store, and with nothing else", async () => {
    const ofInbox = async (contents: string): Promise<readonly string[]> =>
      (await bundle(contents, ["@latchhook/source"])).modules.filter((path) => path.startsWith(inboxCode));
    expect(await ofInbox(receiverOnly)).toEqual([]);
    expect(await ofInbox(withStore)).toContain(`${inboxCode}open-inbox.ts`);
  });

  test("is not loaded by the built core, whatever is imported from it", async () => {
    const { text } = await bundle('export * from "@latchhook/core";', []);
    expect(text).toContain("createReceiver");
    expect(text).not.toContain(inboxText);
    expect((await bundle(withStore, [])).text).toContain(inboxText);
  });
});
