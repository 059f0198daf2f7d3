import { defineConfig, mergeConfig } from "vitest/config";
import shared from "./vitest.config.ts";

/** `pnpm test:faults`: the fault tests with their random kills in the long form, and a summary of each fleet. */
export default mergeConfig(
  shared,
  defineConfig({
    test: {
      env: { LATCHHOOK_FAULTS: "long" },
      // Fleets of processes, one or two at a time.
      maxConcurrency: 2,
      fileParallelism: false,
    },
  }),
);
