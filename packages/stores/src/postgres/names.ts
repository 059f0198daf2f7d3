import { LatchhookError } from "@latchhook/core";

/** Where the store's tables and functions are, quoted for SQL. */
export interface Names {
  readonly schema: string;
  readonly deliveries: string;
  readonly migrations: string;
  readonly purgeIndex: string;
  readonly claim: string;
  readonly claimMany: string;
  readonly extend: string;
  readonly complete: string;
  readonly completeMany: string;
  readonly fail: string;
}

export interface NameOptions {
  /** The schema of the tables and functions. Default: `"public"`. */
  readonly schema?: string | undefined;
  /** What their names begin with. Default: `"latchhook_"`. */
  readonly tablePrefix?: string | undefined;
}

/** PostgreSQL cuts names at 63 bytes; the rest is for the longest name that follows a prefix. */
const identifier = /^[A-Za-z_][A-Za-z0-9_]{0,39}$/;

/** Resolves the names, which go into SQL text and so must be plain identifiers. */
export function resolveNames({ schema = "public", tablePrefix = "latchhook_" }: NameOptions): Names {
  requireIdentifier("schema", schema);
  requireIdentifier("tablePrefix", tablePrefix);
  const inSchema = (name: string): string => `"${schema}"."${tablePrefix}${name}"`;
  return {
    schema: `"${schema}"`,
    deliveries: inSchema("deliveries"),
    migrations: inSchema("migrations"),
    purgeIndex: `"${tablePrefix}deliveries_purge_at"`,
    claim: inSchema("claim"),
    claimMany: inSchema("claim_many"),
    extend: inSchema("extend"),
    complete: inSchema("complete"),
    completeMany: inSchema("complete_many"),
    fail: inSchema("fail"),
  };
}

function requireIdentifier(option: string, value: unknown): void {
  if (typeof value === "string" && identifier.test(value)) return;
  throw new LatchhookError(
    "invalid-option",
    `${option} must be a plain SQL name: a letter or underscore, then letters, digits or underscores, at most 40 in all.`,
  );
}
