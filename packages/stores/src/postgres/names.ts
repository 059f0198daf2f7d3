import { createNaming, type NameOptions } from "../shared/postgres/names.ts";

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

/** Resolves the names, which go into SQL text and so must be plain identifiers. */
export function resolveNames(options: NameOptions): Names {
  const { schema, inSchema, index } = createNaming(options);
  return {
    schema,
    deliveries: inSchema("deliveries"),
    migrations: inSchema("migrations"),
    purgeIndex: index("deliveries_purge_at"),
    claim: inSchema("claim"),
    claimMany: inSchema("claim_many"),
    extend: inSchema("extend"),
    complete: inSchema("complete"),
    completeMany: inSchema("complete_many"),
    fail: inSchema("fail"),
  };
}
