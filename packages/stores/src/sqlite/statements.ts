import { completed, failed, inFlight, type Tables } from "./schema.ts";

/**
 * The time, read by SQLite while it holds the lock: a time that was read before waiting for it would be old. It takes
 * a parameter, which is null unless a test sets the clock.
 */
export const nowSql = "coalesce(?, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER))";

/** The statements on deliveries' rows. */
export interface Statements {
  /** What there is to know of a key before it is claimed. */
  readonly find: string;
  readonly floor: string;
  /** Claims a key that has no row, if the fence floor is as expected. */
  readonly insert: string;
  /** Claims a key, whatever there is, if it can be claimed. */
  readonly claim: string;
  readonly extend: string;
  readonly fail: string;
  /** The same, but not once more. */
  readonly failInFlight: string;
  /** Claims a key that is completed. */
  readonly reopen: string;
  readonly complete: string;
  readonly isCompleted: string;
}

/** `find` and `claim` answer in one column: drivers build rows column by column, at some cost. */
export function statementsFor({ deliveries, meta }: Tables): Statements {
  const thisClaim = "key = ? AND owner = ? AND fence = ?";
  // Whether the row in conflict is held by the claimer itself, whose earlier reply may have been lost.
  const repeated = `(d.state = ${inFlight} AND d.owner = excluded.owner)`;
  const giveBack = `
      UPDATE ${deliveries}
      SET purge_after = purge_after - lease_until + ${nowSql}, lease_until = ${nowSql}, state = ${failed}
      WHERE ${thisClaim}`;
  return {
    find: `
      SELECT CASE
        WHEN state = ${completed} THEN 'completed'
        WHEN state = ${inFlight} AND owner <> ? THEN lease_until - ${nowSql}
      END AS answer
      FROM ${deliveries} WHERE key = ?`,
    floor: `SELECT fence_floor FROM ${meta}`,
    insert: `
      INSERT INTO ${deliveries} (key, owner, fence, attempt, takeover, state, lease_until, purge_after)
      SELECT ?, ?, ?, 1, 0, ${inFlight}, ${nowSql} + ?, ${nowSql} + ? FROM ${meta} WHERE fence_floor = ?
      ON CONFLICT (key) DO NOTHING`,
    claim: `
      INSERT INTO ${deliveries} AS d (key, owner, fence, attempt, takeover, state, lease_until, purge_after)
      VALUES (?, ?, (SELECT fence_floor + 1 FROM ${meta}), 1, 0, ${inFlight}, ${nowSql} + ?, ${nowSql} + ?)
      ON CONFLICT (key) DO UPDATE SET
        owner = excluded.owner,
        fence = d.fence + (NOT ${repeated}),
        attempt = d.attempt + (NOT ${repeated}),
        takeover = CASE WHEN ${repeated} THEN d.takeover ELSE d.state = ${inFlight} END,
        state = ${inFlight},
        lease_until = excluded.lease_until,
        purge_after = excluded.purge_after
      WHERE d.state = ${failed} OR ${repeated} OR (d.state = ${inFlight} AND d.lease_until <= ${nowSql})
      RETURNING fence || ' ' || attempt || ' ' || takeover AS answer`,
    extend: `
      UPDATE ${deliveries}
      SET purge_after = purge_after - lease_until + ${nowSql} + ?, lease_until = ${nowSql} + ?
      WHERE ${thisClaim} AND state = ${inFlight}`,
    fail: `${giveBack} AND state IN (${inFlight}, ${failed})`,
    failInFlight: `${giveBack} AND state = ${inFlight}`,
    reopen: `
      UPDATE ${deliveries} SET owner = ?, fence = fence + 1, attempt = attempt + 1, takeover = 0, state = ${inFlight},
        lease_until = ${nowSql} + ?, purge_after = ${nowSql} + ?
      WHERE key = ? AND state = ${completed}
      RETURNING fence || ' ' || attempt || ' ' || takeover AS answer`,
    complete: `
      UPDATE ${deliveries} SET purge_after = ${nowSql} + ?, lease_until = 0, state = ${completed}
      WHERE ${thisClaim} AND state = ${inFlight}`,
    isCompleted: `SELECT 1 FROM ${deliveries} WHERE ${thisClaim} AND state = ${completed}`,
  };
}
