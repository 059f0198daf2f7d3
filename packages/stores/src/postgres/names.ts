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
  readonly reopen: string;
  readonly inbox: InboxNames;
}

/** Where the inbox is: its tables, its indexes, and the functions that write it. */
export interface InboxNames {
  /** One row a key. */
  readonly deliveries: string;
  readonly attempts: string;
  readonly counts: string;
  readonly eventIndex: string;
  readonly jobIndex: string;
  readonly senderIndex: string;
  readonly openIndex: string;
  readonly expiryIndex: string;
  readonly bodyIndex: string;
  readonly keepAttempt: string;
  readonly keepAttemptTrigger: string;
  readonly write: string;
  readonly note: string;
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
    reopen: inSchema("reopen"),
    inbox: {
      deliveries: inSchema("inbox"),
      attempts: inSchema("inbox_attempts"),
      counts: inSchema("inbox_counts"),
      eventIndex: index("inbox_event_id"),
      jobIndex: index("inbox_job_id"),
      senderIndex: index("inbox_sender"),
      openIndex: index("inbox_open"),
      expiryIndex: index("inbox_expires_at"),
      bodyIndex: index("inbox_body_until"),
      keepAttempt: inSchema("inbox_keep_attempt"),
      keepAttemptTrigger: index("inbox_keep_attempt"),
      write: inSchema("inbox_write"),
      note: inSchema("inbox_note"),
      complete: inSchema("complete_3"),
      completeMany: inSchema("complete_many_3"),
      fail: inSchema("fail_3"),
    },
  };
}
