import { createReceiver } from "@latchhook/core";
import { standardWebhooks } from "@latchhook/core/providers/standard-webhooks";
import { memoryStore } from "@latchhook/core/stores/memory";
import { sizeText } from "./bodies.ts";
import { answered, fetchRequests } from "./fetch-requests.ts";
import { type Candidate, interleaved, percentile } from "./interleaved.ts";
import { forgedRequests, sendAll, signedRequests } from "./load.ts";
import { benchSecret, type PathServer } from "./path-servers.ts";
import { microsecondsText, type Part, type Row, ratioText } from "./report.ts";
import { pinClient, type ServerProcess, startServer } from "./server-process.ts";
import { telemetryRows } from "./telemetry.ts";

const sizes = [1024, 16_384] as const;
/** What the compiler makes of a server differs from start to start by more than from round to round. */
const starts = 2;
const roundsPerStart = 5;
const requestsPerRound = 800;
/** Until the compiler is through with what it optimizes. */
const warmUpRequests = 2_400;
const connections = 16;

const groups: readonly {
  readonly servers: readonly [PathServer, ...PathServer[]];
  readonly own: PathServer;
  readonly targets: Readonly<Record<(typeof sizes)[number], number>>;
}[] = [
  {
    servers: [
      "express bare",
      "express latchhook",
      "express standardwebhooks",
      "express standardwebhooks + SET NX",
    ],
    own: "express latchhook",
    targets: { 1024: 1, 16384: 0.85 },
  },
  {
    servers: ["hono bare", "hono latchhook", "hono standardwebhooks", "hono @hookflo/tern"],
    own: "hono latchhook",
    targets: { 1024: 0.8, 16384: 0.78 },
  },
];

/** Whole requests over loopback, by the server's processor time: less noisy than requests per second. */
export async function pathPart(): Promise<Part> {
  pinClient();
  const rows: Row[] = [];
  for (const group of groups) {
    for (const size of sizes) {
      for (const row of await compareServers(group.servers, size)) {
        const target = group.targets[size];
        rows.push(
          row.name === group.own ? { ...row, target: `>= ${target}`, met: row.fraction >= target } : row,
        );
      }
    }
  }
  for (const size of sizes) rows.push(...(await fetchHandler(size)));
  rows.push(...(await telemetryRows(1024)));
  rows.push(...(await flood()));
  return {
    title: "Request path",
    note: "Throughput per processor second, as a fraction of the bare framework reading and parsing the same body.",
    rows,
  };
}

/** What each round of a server took: microseconds of processor time per request, and the p99 in milliseconds. */
interface Rounds {
  readonly cpu: number[];
  readonly p99: number[];
}

async function compareServers(
  names: readonly PathServer[],
  size: number,
): Promise<(Row & { readonly fraction: number })[]> {
  const measured = names.map((): Rounds => ({ cpu: [], p99: [] }));
  for (let start = 0; start < starts; start++) {
    const servers = await Promise.all(names.map(startServer));
    try {
      await measureInTurn(servers, size, measured);
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
    }
  }
  const bare = measured[0]?.cpu ?? [];
  return names.map((name, index) => {
    const { cpu, p99 } = measured[index] as Rounds;
    const fractions = cpu.map((value, round) => (bare[round] as number) / value);
    const fraction = percentile(fractions, 0.5);
    return {
      case: `${name.split(" ")[0]}, ${sizeText(size)}`,
      name,
      fraction,
      figure: ratioText({
        ratio: fraction,
        ratio10: percentile(fractions, 0.1),
        ratio90: percentile(fractions, 0.9),
      }),
      absolute: `${microsecondsText(percentile(cpu, 0.5))} cpu, p99 ${percentile(p99, 0.5)} ms`,
    };
  });
}

async function measureInTurn(
  servers: readonly ServerProcess[],
  size: number,
  measured: readonly Rounds[],
): Promise<void> {
  // The first round warms up.
  for (let round = 0; round <= roundsPerStart; round++) {
    for (let turn = 0; turn < servers.length; turn++) {
      const index = (turn + round) % servers.length;
      const server = servers[index] as ServerProcess;
      const requests = signedRequests(round === 0 ? warmUpRequests : requestsPerRound, size);
      const before = await server.usage();
      const load = await sendAll(server.url, requests, connections);
      const after = await server.usage();
      const done = after.persisted - before.persisted;
      if (done !== load.requests)
        throw new Error(`${server.name}: ${done} of ${load.requests} were persisted`);
      if (round === 0) continue;
      measured[index]?.cpu.push((after.cpu - before.cpu) / load.requests);
      measured[index]?.p99.push(load.p99);
    }
  }
}

/** The fetch handler in one process, without sockets: what a Next.js route handler runs. */
async function fetchHandler(size: number): Promise<Row[]> {
  const receiver = createReceiver({
    provider: standardWebhooks({ secret: benchSecret }),
    store: memoryStore(),
    persist: async () => {},
  });
  const run = fetchRequests(size);
  // Signing and making the request are in all three, so they are measured alone and taken off.
  const candidates = [
    { name: "making", run: (count: number) => run(count, async () => answered) },
    {
      name: "bare",
      run: (count: number) =>
        run(count, async (request) => {
          JSON.parse(new TextDecoder().decode(await request.arrayBuffer()));
          return Response.json({ received: true });
        }),
    },
    { name: "latchhook", run: (count: number) => run(count, (request) => receiver.handle(request)) },
  ] satisfies Candidate[];
  for (const candidate of candidates) await candidate.run(warmUpRequests);
  const [making, bare, own] = await interleaved(candidates, { rounds: 31, batchMs: 25, clock: "processor" });
  if (making === undefined || bare === undefined || own === undefined) throw new Error("not measured");
  const ratio = (own.microseconds - making.microseconds) / (bare.microseconds - making.microseconds);
  return [
    {
      case: `fetch handler, ${sizeText(size)}`,
      name: "latchhook (time)",
      figure: ratio.toFixed(2),
      absolute: microsecondsText(own.microseconds - making.microseconds),
      target: "<= 1.2",
      met: ratio <= 1.2,
    },
  ];
}

/** Honest deliveries while a flood of forged ones comes in. */
async function flood(): Promise<Row[]> {
  const server = await startServer("express latchhook");
  try {
    await sendAll(server.url, signedRequests(2_000, 1024), connections);
    const before = await server.usageAfterCollection();
    let flooding = true;
    const forged = forgedRequests(1_000, 1024);
    const flooded = (async () => {
      let sent = 0;
      while (flooding) sent += (await sendAll(server.url, forged, 50)).requests;
      return sent;
    })();
    const honest = signedRequests(200, 1024);
    const tookMs: number[] = [];
    for (const request of honest) {
      const start = performance.now();
      const init = {
        method: "POST",
        headers: request.headers as Record<string, string>,
        body: request.body as Buffer,
      };
      const response = await fetch(server.url, { ...init, body: Uint8Array.from(init.body) });
      await response.arrayBuffer();
      tookMs.push(response.ok ? performance.now() - start : Number.POSITIVE_INFINITY);
    }
    flooding = false;
    const sent = await flooded;
    const after = await server.usageAfterCollection();
    const share = tookMs.filter((took) => took < 1000).length / tookMs.length;
    const grownMb = (after.rss - before.rss) / 1_048_576;
    return [
      {
        case: `flood of ${sent} forged`,
        name: "honest answered within 1 s",
        figure: `${(share * 100).toFixed(0)}%`,
        absolute: `p99 ${percentile(tookMs, 0.99).toFixed(0)} ms`,
        target: "100%",
        met: share === 1,
      },
      {
        case: `flood of ${sent} forged`,
        name: "memory growth",
        figure: `${grownMb.toFixed(0)} MB`,
        absolute: `${(after.rss / 1_048_576).toFixed(0)} MB`,
        target: "< 50 MB",
        met: grownMb < 50,
      },
    ];
  } finally {
    await server.stop();
  }
}
