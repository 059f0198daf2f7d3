import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { webhook } from "@latchhook/next";
import { webhook as apiWebhook } from "@latchhook/next/pages";
import { adapterContract, listen } from "@latchhook/testing";
import { describe, it } from "vitest";

// The newest version runs the contract in the adapter's own tests.
const require = createRequire(import.meta.url);

type Route = (request: Request) => Promise<Response>;

/** What stands between a route handler and the socket in each version, as its own template joins it. */
function serveRoute(next: string, route: Route): RequestListener {
  const { NodeNextRequest, NodeNextResponse } = require(`${next}/dist/server/base-http/node.js`);
  const { sendResponse } = require(`${next}/dist/server/send-response.js`);
  const adapters = require(`${next}/dist/server/web/spec-extension/adapters/next-request.js`);
  return async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    // Where no metadata tells where it came in, as the server around would, 13.4 wants it absolute.
    incoming.url = `http://localhost${incoming.url}`;
    const request = new NodeNextRequest(incoming);
    // Before 13.5 it takes no signal.
    const signal = adapters.signalFromNodeResponse?.(outgoing);
    const response = await route(adapters.NextRequestAdapter.fromNodeNextRequest(request, signal));
    await sendResponse(request, new NodeNextResponse(outgoing), response);
  };
}

function serveApiRoute(next: string, module: object): RequestListener {
  const path = next === "next-13" ? "api-utils/node.js" : "api-utils/node/api-resolver.js";
  const { apiResolver } = require(`${next}/dist/server/${path}`);
  const context = { dev: false, previewModeId: "", previewModeEncryptionKey: "", previewModeSigningKey: "" };
  return (incoming, outgoing) => apiResolver(incoming, outgoing, {}, module, context, true);
}

const versions = ["next-13", "next-14", "next-15"];

describe.each(versions)("a route handler of %s keeps the adapter contract", (next) => {
  const cases = adapterContract({
    serve(options, earlier) {
      const handler = webhook(() => options);
      async function route(request: Request): Promise<Response> {
        if (earlier === "parsed") await request.json();
        if (earlier === "kept") await request.clone().json();
        return handler(request);
      }
      return listen(serveRoute(next, route), earlier);
    },
    skip: [
      {
        case: "a body of which somebody else has had bytes is read whole, or named as consumed",
        reason: "Next.js makes no Request over a stream that was read, and never calls the route",
      },
    ],
  });
  for (const { name, run } of cases) it(name, run);
});

describe.each(versions)("an API route of %s keeps the adapter contract", (next) => {
  const cases = adapterContract({
    serve(options, earlier) {
      const handler = apiWebhook(options);
      if (earlier === "parsed") return listen(serveApiRoute(next, { default: handler }));
      const config = { api: { bodyParser: false, externalResolver: true } };
      async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
        if (earlier === "kept") Object.assign(request, { rawBody: Buffer.concat(await request.toArray()) });
        await handler(request, response);
      }
      return listen(serveApiRoute(next, { default: route, config }), earlier);
    },
  });
  for (const { name, run } of cases) it(name, run);
});
