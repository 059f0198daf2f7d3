import { advanceAssignments, jobColumns } from "../../tracking/job-row.ts";

const now = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)";

/** The statements on the table. */
export function createStatements(table: string) {
  const returning = `RETURNING ${jobColumns}`;
  const advance = (authoritative: boolean): string => `INSERT INTO ${table}
    (key, scope, provider, job_id, status, rank, progress, settled, failures, created_at, updated_at, next_check_at${authoritative ? ", checked_at" : ""})
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ${now}, ${now}, ${now} + ?${authoritative ? `, ${now}` : ""})
    ON CONFLICT (key) DO UPDATE SET ${advanceAssignments(table, authoritative)} ${returning}`;
  const postpone = (settled: string): string =>
    `UPDATE ${table} SET ${settled} next_check_at = ${now} + ?, failures = ?, problem = ?,
      checked_at = CASE WHEN ? = 1 THEN ${now} ELSE checked_at END WHERE key = ?`;
  return {
    advance: advance(false),
    advanceByAnswer: advance(true),
    get: `SELECT ${jobColumns} FROM ${table} WHERE key = ?`,
    list: `SELECT ${jobColumns} FROM ${table} WHERE scope = ? AND provider = ?
      ORDER BY created_at DESC, key LIMIT ?`,
    listBefore: `SELECT ${jobColumns} FROM ${table} WHERE scope = ? AND provider = ?
      AND (created_at < (SELECT created_at FROM ${table} WHERE key = ?)
        OR created_at = (SELECT created_at FROM ${table} WHERE key = ?) AND key > ?)
      ORDER BY created_at DESC, key LIMIT ?`,
    count: `SELECT status, count(*) AS count FROM ${table} WHERE scope = ? AND provider = ? GROUP BY status`,
    claimDue: `UPDATE ${table} SET next_check_at = ${now} + ? WHERE key IN (
        SELECT key FROM ${table} WHERE scope = ? AND provider = ? AND settled = 0 AND next_check_at <= ${now}
        ORDER BY next_check_at LIMIT ?) ${returning}`,
    postpone: `${postpone("")} AND settled = 0`,
    unsettle: postpone("settled = 0,"),
    purge: `DELETE FROM ${table} WHERE key IN (
        SELECT key FROM ${table} WHERE scope = ? AND provider = ? AND settled = 1 AND updated_at <= ${now} - ?
        LIMIT ?) RETURNING key`,
  };
}
