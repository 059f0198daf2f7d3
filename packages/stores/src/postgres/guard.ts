import { storeClosed } from "../internal/store-closed.ts";
import { toStoreError } from "./database-error.ts";
import type { SchemaVersion } from "./schema-version.ts";

/** What every operation goes through. */
export interface Guard {
  /** Checks the tables at first use, and turns what the client throws into the store's errors. */
  use<Result>(operation: string, run: () => Promise<Result>): Promise<Result>;
  /** From now on every operation rejects. */
  close(): void;
}

/** Stands before the operations of one store. */
export function createGuard(schema: SchemaVersion): Guard {
  let closed = false;
  return {
    async use(operation, run) {
      if (closed) throw storeClosed("postgres");
      try {
        if (!schema.isChecked()) await schema.check();
        return await run();
      } catch (error) {
        throw toStoreError(error, operation);
      }
    },
    close() {
      closed = true;
    },
  };
}
