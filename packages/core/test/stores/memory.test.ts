import { memoryStore } from "@latchhook/core/stores/memory";
import { storeContract, storeModel } from "@latchhook/testing";
import { describe, it } from "vitest";

describe("memoryStore keeps the store contract", () => {
  const cases = storeContract({ clock: "virtual", create: ({ now }) => ({ store: memoryStore({ now }) }) });
  const model = storeModel({ create: ({ now }) => ({ store: memoryStore({ now }) }), runs: 500 });
  for (const { name, run } of [...cases, model]) it(name, run);
});
