type WaitUntil = (work: Promise<unknown>) => void;

/**
 * What serverless platforms hand to Next.js, and what its `after()` uses itself. Where it is missing, as under
 * `next start` and outside Next.js, the process goes on anyway. To be asked for when a request comes: OpenNext on
 * Workers puts each request's own there, and another's is of no use.
 * https://nextjs.org/docs/app/api-reference/functions/after
 */
export function platformWaitUntil(): WaitUntil | undefined {
  const platform = globalThis as { [requestContext]?: { get?(): { waitUntil?: WaitUntil } | undefined } };
  const context = platform[requestContext]?.get?.();
  return context?.waitUntil === undefined ? undefined : (work) => context.waitUntil?.(work);
}

const requestContext: unique symbol = Symbol.for("@next/request-context") as never;
