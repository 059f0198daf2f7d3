import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Redis } from "ioredis";

/** A server that speaks Upstash's HTTP protocol (https://upstash.com/docs/redis/features/restapi). */
export interface UpstashServer {
  readonly url: string;
  readonly token: string;
  /** How many requests came. */
  requests(): number;
  close(): Promise<void>;
}

type Command = readonly [name: string, ...values: (string | number)[]];
type Answer = { readonly result: unknown } | { readonly error: string };

/** Answers with what a Redis answers: `POST /` one command, `POST /pipeline` a list of them. */
export async function startUpstashServer(redisUrl: string): Promise<UpstashServer> {
  const redis = new Redis(redisUrl);
  redis.on("error", () => {});
  const token = "a-token-for-tests";
  let requests = 0;

  async function run([name, ...values]: Command): Promise<Answer> {
    try {
      return { result: await redis.call(name, ...values) };
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    requests++;
    if (request.headers.authorization !== `Bearer ${token}`) {
      return send(response, 401, { error: "WRONGPASS invalid or missing auth token" });
    }
    const body = JSON.parse(await readText(request));
    const encode = request.headers["upstash-encoding"] === "base64" ? encodeAnswer : (one: Answer) => one;
    if (request.url === "/pipeline") {
      const answers = await Promise.all((body as readonly Command[]).map(run));
      return send(response, 200, answers.map(encode));
    }
    const one = await run(body as Command);
    send(response, "error" in one ? 400 : 200, encode(one));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error) => send(response, 500, { error: String(error) }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    requests: () => requests,
    async close() {
      redis.disconnect();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** Texts of results are in base64, `OK` and errors as they are. */
function encodeAnswer(answer: Answer): Answer {
  return "error" in answer ? answer : { result: encodeResult(answer.result) };
}

function encodeResult(result: unknown): unknown {
  if (Array.isArray(result)) return result.map(encodeResult);
  return typeof result === "string" && result !== "OK" ? Buffer.from(result).toString("base64") : result;
}
