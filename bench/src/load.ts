import { signStandardWebhooks } from "@latchhook/testing";
import autocannon from "autocannon";
import { bodyOf } from "./bodies.ts";
import { benchSecret } from "./path-servers.ts";

export interface Load {
  readonly requests: number;
  readonly non2xx: number;
  readonly errors: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

let serial = 0;

/** Genuine deliveries, each of a job of its own, signed now. */
export function signedRequests(count: number, bytes: number): autocannon.Request[] {
  return Array.from({ length: count }, () => {
    const id = `msg_${++serial}`;
    const { headers, body } = signStandardWebhooks({
      secret: benchSecret,
      id,
      body: bodyOf(bytes, `video_${serial}`),
    });
    return { method: "POST", path: "/", headers, body: Buffer.from(body) };
  });
}

/** The same with a signature that does not fit. */
export function forgedRequests(count: number, bytes: number): autocannon.Request[] {
  return signedRequests(count, bytes).map((request) => ({
    ...request,
    headers: { ...request.headers, "webhook-signature": `v1,${"A".repeat(43)}=` },
  }));
}

/** Sends each request once, over `connections` kept-alive connections. */
export async function sendAll(
  url: string,
  requests: autocannon.Request[],
  connections: number,
): Promise<Load> {
  const share = Math.floor(requests.length / connections);
  let connection = 0;
  const result = await autocannon({
    url,
    connections,
    amount: share * connections,
    setupClient(client) {
      client.setRequests(requests.slice(connection * share, (connection + 1) * share));
      connection++;
    },
  });
  return {
    requests: share * connections,
    non2xx: result.non2xx,
    errors: result.errors,
    p50: result.latency.p50,
    p99: result.latency.p99,
  };
}
