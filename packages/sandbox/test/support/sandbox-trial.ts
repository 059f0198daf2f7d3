import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Sandbox, type SandboxOptions, startSandbox } from "@latchhook/sandbox";
import { onTestFinished } from "vitest";

export const apiKey = "sandbox-key";

export interface Received {
  readonly url: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
}

/** A sandbox that ends with the test. */
export async function sandboxWith(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ speed: 1_000, apiKey, ...options });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

/** A receiver that keeps everything and answers with what `statusOf` says. */
export async function receive(statusOf: (count: number) => number = () => 200) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    received.push({ url: request.url, headers: request.headers, body: Buffer.concat(chunks) });
    response.writeHead(statusOf(received.length), { location: "/elsewhere" }).end("seen");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received };
}

/** One request with an API key, and its answer. */
export async function call(sandbox: Sandbox, method: string, path: string, body?: unknown, key = apiKey) {
  const response = await fetch(`${sandbox.url}${path}`, {
    method,
    redirect: "manual",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type") === "application/json" && text !== "";
  return { status: response.status, text, json: isJson ? JSON.parse(text) : undefined };
}
