import type { ZodMiniType } from "zod/mini";

/** A schema of a payload. Any zod schema is one; those of core are made with `zod/mini`. */
export type Schema<Data = unknown> = ZodMiniType<Data, unknown>;

/**
 * Whether a value has the shape of a schema. It only looks: what was signed stays as it is. By the schema's own method,
 * so that a provider without schemas loads nothing of zod.
 */
export function matches<Data>(schema: Schema<Data>, value: unknown): value is Data {
  return schema.safeParse(value).success;
}
