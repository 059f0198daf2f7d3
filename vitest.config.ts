import { defineConfig } from "vitest/config";

// Tests import the packages' sources, so that a change is seen without a build. Only what runs as a process of
// its own (the examples, the demo, the packed tarballs) uses `dist`.
const conditions = ["@latchhook/source", "module", "node", "development|production"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    globalSetup: ["test/support/servers-setup.ts"],
    include: ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
