/**
 * The five-character SQLSTATE of an error that the server answered; undefined for what happened on the way.
 *
 * Others have codes of five characters too: Node.js (`EPIPE`) and Prisma (`P2010`). No class of PostgreSQL begins with
 * E, and of P there is only P0 (https://www.postgresql.org/docs/current/errcodes-appendix.html).
 */
export function sqlState(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  const { code } = error;
  return typeof code === "string" && /^(?!E|P[^0])[0-9A-Z]{5}$/.test(code) ? code : undefined;
}
