/** What becomes of a chunk that a client has sent. */
export type Verdict = "forward" | "cut";

/**
 * Follows what a PostgreSQL client sends, and calls `onCommit` at each COMMIT: as a simple query, or as the execution
 * of a prepared one. The returned function takes each chunk and says what becomes of it.
 *
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export function watchCommits(onCommit: () => Verdict): (chunk: Uint8Array) => Verdict {
  const committing = new Set<string>();
  let started = false;
  let pending: Buffer = Buffer.alloc(0);

  /** Whether a message makes the server commit. */
  function isCommit(type: string, body: Buffer): boolean {
    const [first = "", second = ""] = body.toString("latin1").split("\0", 2);
    if (type === "Q") return isCommitText(first);
    if (type === "P") {
      // Parse: a name, and the text that it stands for from now on.
      if (isCommitText(second)) committing.add(first);
      else committing.delete(first);
      return false;
    }
    // Bind: a portal, and the name of the statement that is about to run.
    return type === "B" && committing.has(second);
  }

  return function watch(chunk) {
    pending = Buffer.concat([pending, chunk]);
    let verdict: Verdict = "forward";
    for (;;) {
      // The first message has no type byte.
      const typeBytes = started ? 1 : 0;
      if (pending.length < typeBytes + 4) return verdict;
      const length = pending.readInt32BE(typeBytes);
      if (pending.length < typeBytes + length) return verdict;
      const type = started ? pending.toString("latin1", 0, 1) : "";
      const body = pending.subarray(typeBytes + 4, typeBytes + length);
      started ||= !isEncryptionRequest(body);
      pending = pending.subarray(typeBytes + length);
      if (isCommit(type, body) && onCommit() === "cut") verdict = "cut";
    }
  };
}

/** SSLRequest and GSSENCRequest come before the start-up message. */
function isEncryptionRequest(body: Buffer): boolean {
  return body.length === 4 && [80877103, 80877104].includes(body.readInt32BE(0));
}

function isCommitText(text: string): boolean {
  return /^\s*commit\b/i.test(text);
}
