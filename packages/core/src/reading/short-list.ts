import * as z from "zod/mini";
import type { Schema } from "./matches.ts";

/** A list of no more than a thousand. A longer one is not looked through: that would cost more than parsing it. */
export function shortList<One>(schema: Schema<One>) {
  const any = z.custom<unknown[]>((value) => Array.isArray(value) && value.length <= 1_000);
  return z.pipe(any, z.array(schema));
}
