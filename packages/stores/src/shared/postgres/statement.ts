import type { Statement } from "./database.ts";

/**
 * A statement that is prepared under a name, and what columns it returns. The name holds a hash of the text: behind a pooler several processes share
 * a connection, and the same name over another text would run the wrong one.
 *
 * @param operation plain, of at most 30 characters: PostgreSQL cuts names at 63 bytes.
 */
export function namedStatement(operation: string, columns: readonly string[], text: string): Statement {
  return { name: `latchhook_${operation}_${hash(text)}`, columns, text };
}

/** 16 hex digits: two multiplicative hashes of 32 bits. It tells names apart and guards nothing. */
function hash(text: string): string {
  let first = 0x811c9dc5;
  let second = 0x41c6ce57;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    first = Math.imul(first ^ code, 0x01000193);
    second = Math.imul(second ^ code, 0x5f356495);
  }
  return [first, second].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
}
