import { defineConfig } from "vitest/config";

// Tests import the packages' sources, so that a change is seen without a build. Only what runs as a process of
// its own (the examples, the demo, the packed tarballs) uses `dist`.
const conditions = ["@latchhook/source", "module", "node", "development|production"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    globalSetup: ["test/support/servers-setup.ts", "test/support/run-limit.ts"],
    include: ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
    // Most files wait for timers, servers and processes more than they compute; on two cores the default is one.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
