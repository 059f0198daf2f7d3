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
  listened: (route) => route,
  taken: (route) => route,
};

describe("a route handler of Next.js keeps the adapter contract", () => {
  const cases = adapterContract({
    serve: (options, earlier) => listen(serveRoute(readBefore[earlier](webhook(() => options))), earlier),
    skip: [
      {
        case: "a body of which somebody else has had bytes is read whole, or named as consumed",
        reason: "Next.js makes no Request over a stream that was read, and never calls the route",
      },
    ],
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
      if (earlier !== "kept") return listen(serveApiRoute({ default: handler, config }), earlier);
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
