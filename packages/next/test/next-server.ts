import type { RequestListener } from "node:http";
import { apiResolver } from "next/dist/server/api-utils/node/api-resolver.js";
import { NodeNextRequest, NodeNextResponse } from "next/dist/server/base-http/node.js";
import { sendResponse } from "next/dist/server/send-response.js";
import {
  NextRequestAdapter,
  signalFromNodeResponse,
} from "next/dist/server/web/spec-extension/adapters/next-request.js";

/** A route handler behind the parts of Next.js that stand between it and the socket, as its own template joins them. */
export function serveRoute(handler: (request: Request) => Promise<Response>): RequestListener {
  return async function route(incoming, outgoing) {
    const request = new NodeNextRequest(incoming);
    const signal = signalFromNodeResponse(outgoing);
    const response = await handler(NextRequestAdapter.fromNodeNextRequest(request, signal));
    await sendResponse(request, new NodeNextResponse(outgoing), response);
  };
}

/** The module of an API route behind Next.js's own resolver, which parses the body unless it is told not to. */
export function serveApiRoute(module: {
  readonly default: unknown;
  readonly config?: { readonly api: { readonly bodyParser: false; readonly externalResolver?: true } };
}): RequestListener {
  const context = { dev: false, previewModeId: "", previewModeEncryptionKey: "", previewModeSigningKey: "" };
  return (incoming, outgoing) => apiResolver(incoming, outgoing, {}, module, context, true);
}
