import type { HeaderSource } from "./headers.ts";

/** A request as an adapter hands it to the receiver: nothing of it has been read yet. */
export interface WebhookRequest {
  readonly method: string;
  /** The request's URL, absolute where the adapter knows it, else from its path on. */
  readonly url?: string | undefined;
  /** What the framework's router found in the path, by name. */
  readonly parameters?: RouteParameters | undefined;
  readonly headers: HeaderSource;
  /** Reads the body once, as bytes, within the limits. Problems are values; it never rejects. */
  readBody(limits: BodyLimits): Promise<BodyResult>;
  /** Keeps the runtime alive for work that goes on after the answer, where it would stop otherwise. */
  waitUntil?: ((work: Promise<unknown>) => void) | undefined;
}

/** Route parameters by name: `{ tenant: "acme" }` of `/webhooks/:tenant`. */
export type RouteParameters = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface BodyLimits {
  /** Bytes. Reading stops at the first byte beyond. */
  readonly maxBytes: number;
  /** Milliseconds for the whole body. */
  readonly timeoutMs: number;
  /**
   * Whether so many bytes in all may be kept of this body: asked before each piece is. Where it says no, reading stops
   * as at `maxBytes`, and the result is `overloaded`. Default: always.
   */
  readonly admit?: ((length: number) => boolean) | undefined;
}

export type BodyResult =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reason: "too-large" | "timeout" | "aborted" | "overloaded" }
  | {
      readonly ok: false;
      readonly reason: "consumed";
      /** What to change so that the bytes arrive whole, in the framework's own terms. */
      readonly mend: string;
    };
