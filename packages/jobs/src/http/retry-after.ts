const longestMs = 86_400_000;

/**
 * `Retry-After` in milliseconds from now: seconds or an HTTP date (RFC 9110, section 10.2.3). Undefined where it is
 * absent or neither; at most a day.
 */
export function retryAfterMs(value: string | null, now: number = Date.now()): number | undefined {
  const text = value?.trim() ?? "";
  const milliseconds = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  if (Number.isNaN(milliseconds)) return undefined;
  return Math.min(Math.max(milliseconds, 0), longestMs);
}
