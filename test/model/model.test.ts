import { describe, expect, it } from "vitest";
import { explore } from "./explore.ts";
import { contractModel, deleteOnFailure, unfencedComplete } from "./store-model.ts";

describe("every interleaving of three workers on one key", () => {
  for (const mode of ["separate", "commit"] as const) {
    it(`keeps every promise (${mode} writes)`, () => {
      const { states, violation } = explore(contractModel, mode);
      expect(violation).toBeUndefined();
      expect(states).toBeGreaterThan(10_000);
    });

    it(`finds what a store without fencing breaks (${mode} writes)`, () => {
      const { violation } = explore(unfencedComplete, mode);
      expect(violation?.promise).toBe("a stale worker cannot complete");
      expect(violation?.trace.filter((action) => action.includes("claims with fence"))).toHaveLength(2);
    });

    it(`finds what a store that deletes on failure breaks (${mode} writes)`, () => {
      const { violation } = explore(deleteOnFailure, mode);
      expect(violation?.promise).toBe("a fencing token never comes again");
    });
  }
});
