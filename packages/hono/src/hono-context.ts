import type { Context } from "hono";

/**
 * What is used of Hono's `Context`, by its shape: its class has private members, which bind it to one copy of hono, and
 * an app whose hono is another copy or version would not compile.
 */
export interface HonoContext {
  readonly req: HonoRequest;
  /** The runtime's bindings. Untyped, unless the options' function says what its parameter is. */
  readonly env: Context["env"];
  readonly executionCtx: { waitUntil(work: Promise<unknown>): void };
  body(data: HonoBody, status: 200, headers: Record<string, string>): Response;
}

/** What is used of Hono's request. */
export interface HonoRequest {
  readonly method: string;
  readonly url: string;
  readonly raw: Request;
  readonly bodyCache: {
    readonly arrayBuffer?: ArrayBuffer | Promise<ArrayBuffer>;
    readonly blob?: Blob | Promise<Blob>;
    readonly text?: string | Promise<string>;
  };
  header(name: string): string | undefined;
  param(): Record<string, string>;
}

export type HonoBody = string | ReadableStream | null;
