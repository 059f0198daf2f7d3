/** Beyond this a duration is for ever: PostgreSQL's dates end 292,000 years from now, and Redis counts in 64 bits. */
const longestMs = 1e14;

/** Whether a duration in milliseconds, such as `Infinity`, is longer than any database can count. */
export function isEndless(milliseconds: number): boolean {
  return milliseconds > longestMs;
}
