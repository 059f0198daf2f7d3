import type { IncomingMessage } from "node:http";

/** A request of `node:http`, with what an earlier parser may have left on it. */
export type NodeRequest = IncomingMessage & {
  /** A Buffer after `express.raw()`. Anything else is of no use: the bytes can no longer be known. */
  readonly body?: unknown;
  /** The bytes as Google Cloud Functions keep them, or the `verify` hook of a parser. */
  readonly rawBody?: unknown;
};
