import type { Claim } from "../store.ts";

/** The latest completed claims, so that a repeated `complete` can be told from one of another holder. */
export interface Repeats {
  add(claim: Claim): void;
  /** Whether the latest completion of the claim's key, as far as is remembered, was by this claim. */
  includes(claim: Claim): boolean;
}

/** Remembers `size` claims in a ring. Adding is cheap; looking, which only a repeat or a stale holder does, scans. */
export function createRepeats(size: number): Repeats {
  const ring = new Array<Claim | undefined>(size).fill(undefined);
  let next = 0;
  return {
    add(claim) {
      ring[next] = claim;
      next = (next + 1) % size;
    },
    includes({ key, owner, fence }) {
      for (let back = 1; back <= size; back++) {
        const claim = ring[(next - back + size) % size];
        if (claim?.key === key) return claim.owner === owner && claim.fence === fence;
      }
      return false;
    },
  };
}
