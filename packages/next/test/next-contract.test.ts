import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { webhook } from "@latchhook/next";
import { webhook as apiWebhook } from "@latchhook/next/pages";
import { adapterContract, type Earlier, listen } from "@latchhook/testing";
import { describe, it } from "vitest";
import { serveApiRoute, serveRoute } from "./next-server.ts";

type Route = (request: Request) => Promise<Response>;

const readBefore: Readonly<Record<Earlier, (route: Route) => Route>> = {
  nothing: (route) => route,
  parsed: (route) => async (request) => {
    await request.json();
    return route(request);
  },
  kept: (route) => async (request) => {
    await request.clone().json();
    return route(request);
  },
};

describe("a route handler of Next.js keeps the adapter contract", () => {
  const cases = adapterContract({
    serve: (options, earlier) => listen(serveRoute(readBefore[earlier](webhook(() => options)))),
  });
  for (const { name, run } of cases) it(name, run);
});

async function keepBytes(request: IncomingMessage): Promise<void> {
  Object.assign(request, { rawBody: await buffer(request) });
}

describe("an API route of Next.js keeps the adapter contract", () => {
  const cases = adapterContract({
    serve(options, earlier) {
      const handler = apiWebhook(options);
      if (earlier === "parsed") return listen(serveApiRoute({ default: handler }));
      // Silences the warning of development mode about clients that have left before their answer.
      const config = { api: { bodyParser: false, externalResolver: true } } as const;
      if (earlier === "nothing") return listen(serveApiRoute({ default: handler, config }));
      return listen(
        serveApiRoute({
          default: async (request: IncomingMessage, response: ServerResponse) => {
            await keepBytes(request);
            await handler(request, response);
          },
          config,
        }),
      );
    },
  });
  for (const { name, run } of cases) it(name, run);
});
