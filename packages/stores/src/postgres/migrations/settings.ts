// What the functions set, for the transaction that they run in.

// A lock is waited for at most a second. enable_seqscan is off because a plan is kept for the life of a connection: one
// that was made for a table of one page would read all of it, still, when it has a million rows.
export const bounds: readonly string[] = [
  "set_config('lock_timeout', '1s', true)",
  "set_config('enable_seqscan', 'off', true)",
];

// A claim, an extension and a failure are only about a lease. When a crash of the server loses one, the delivery
// comes again; so they need not wait for the disk.
export const unflushed = "set_config('synchronous_commit', 'off', true)";

/** Settings as one statement of PL/pgSQL. */
export function perform(...settings: readonly string[]): string {
  return `  PERFORM ${settings.join(",\n    ")};`;
}

/** Settings as assignments to a variable `setting`. */
export function assign(...settings: readonly string[]): string {
  return settings.map((call) => `  setting := ${call};`).join("\n");
}

/** Done must survive a crash, whatever the role, the database or the session is set to. */
export function flushed(set: typeof assign): string {
  return `  IF current_setting('synchronous_commit') = 'off' THEN
  ${set("set_config('synchronous_commit', 'on', true)")}
  END IF;`;
}
