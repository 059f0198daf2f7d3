import { defineConfig } from "vitest/config";

const conditions = ["@latchhook/source", "module", "node", "development|production"];

/** For `pnpm mutation`: the tests that concern one file, one after another, and no servers. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: JSON.parse(process.env.LATCHHOOK_MUTATION_TESTS ?? "[]") as string[],
    testTimeout: 30_000,
  },
});
