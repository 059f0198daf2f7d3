import { requirePlainName } from "../plain-name.ts";

export interface NameOptions {
  /** The schema of the tables and functions. Default: `"public"`. */
  readonly schema?: string | undefined;
  /** What their names begin with. Default: `"latchhook_"`. */
  readonly tablePrefix?: string | undefined;
}

/** Makes names from the part that follows the prefix, quoted for SQL. */
export interface Naming {
  /** The schema. */
  readonly schema: string;
  /** A table or function, with its schema. */
  readonly inSchema: (name: string) => string;
  /** An index, which is named without its schema. */
  readonly index: (name: string) => string;
}

/** PostgreSQL cuts names at 63 bytes; the rest is for the longest name that follows a prefix. */
const longestPart = 40;

/** @throws LatchhookError `invalid-option`: names go into SQL text, and so must be plain. */
export function createNaming({ schema = "public", tablePrefix = "latchhook_" }: NameOptions): Naming {
  requirePlainName("schema", schema, longestPart);
  requirePlainName("tablePrefix", tablePrefix, longestPart);
  return {
    schema: `"${schema}"`,
    inSchema: (name) => `"${schema}"."${tablePrefix}${name}"`,
    index: (name) => `"${tablePrefix}${name}"`,
  };
}
