import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { SenderProof } from "./sender-proof.ts";

const folder = join(import.meta.dirname, "proofs");

/** The proofs of all senders: each file of `proofs/` exports one as `proof`. */
export const allProofs: readonly SenderProof[] = await Promise.all(
  readdirSync(folder)
    .filter((name) => name.endsWith(".ts"))
    .toSorted()
    .map(async (name) => ((await import(join(folder, name))) as { readonly proof: SenderProof }).proof),
);
