import { memoryStore } from "@latchhook/core/stores/memory";
import { storeContract } from "@latchhook/testing";
import { describe, it } from "vitest";

describe("memoryStore keeps the store contract", () => {
  const cases = storeContract({ clock: "virtual", create: ({ now }) => ({ store: memoryStore({ now }) }) });
  for (const { name, run } of cases) it(name, run);
});
