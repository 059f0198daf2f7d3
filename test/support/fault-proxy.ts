import { createConnection, createServer, type Server, type Socket } from "node:net";
import { watchCommits } from "./postgres-messages.ts";

/** A TCP proxy in front of a real server, with faults to switch on. */
export interface FaultProxy {
  readonly port: number;
  /** `url` with the proxy's address in place of the server's. */
  through(url: string): string;
  /** Delays every chunk by so many milliseconds, each way. */
  setLatency(milliseconds: number): void;
  /** Swallows what the server answers, on the connections there are and on new ones, until switched off. */
  dropReplies(drop: boolean): void;
  /** Resets new connections at once, until switched off. */
  refuse(refuse: boolean): void;
  /** Resets all connections (RST to the client). The server finds its end closed. */
  cut(): void;
  /**
   * PostgreSQL: of the next COMMIT, `"reply"` lets it reach the server and resets the client in place of the reply;
   * `"request"` resets both before the server sees it. Resolves when it has happened.
   */
  cutNextCommit(what: "reply" | "request"): Promise<void>;
  /** How many connections are open. */
  connections(): number;
  close(): Promise<void>;
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  /** Set once the reply to a COMMIT is to be swallowed. */
  cutAtReply: (() => void) | undefined;
}

interface Faults {
  latencyMs: number;
  repliesDropped: boolean;
  refusing: boolean;
  commitCut: { readonly what: "reply" | "request"; readonly done: () => void } | undefined;
}

/** Starts a proxy on a free port of 127.0.0.1 in front of the server of `targetUrl`. */
export async function startFaultProxy(targetUrl: string, defaultPort: number): Promise<FaultProxy> {
  const target = new URL(targetUrl);
  const links = new Set<Link>();
  const faults: Faults = { latencyMs: 0, repliesDropped: false, refusing: false, commitCut: undefined };

  const listener = createServer((client) => {
    if (faults.refusing) return void client.resetAndDestroy();
    const server = createConnection({ host: target.hostname, port: Number(target.port) || defaultPort });
    const link: Link = { client, server, cutAtReply: undefined };
    links.add(link);
    connect(link, faults, () => links.delete(link));
  });
  const port = await listen(listener);

  return {
    port,
    through(url) {
      const proxied = new URL(url);
      proxied.hostname = "127.0.0.1";
      proxied.port = String(port);
      return proxied.href;
    },
    setLatency(milliseconds) {
      faults.latencyMs = milliseconds;
    },
    dropReplies(drop) {
      faults.repliesDropped = drop;
    },
    refuse(refuse) {
      faults.refusing = refuse;
    },
    cut() {
      for (const link of links) reset(link);
    },
    cutNextCommit: (what) =>
      new Promise((done) => {
        faults.commitCut = { what, done };
      }),
    connections: () => links.size,
    async close() {
      const closed = new Promise((resolve) => listener.close(resolve));
      for (const link of links) reset(link);
      await closed;
    },
  };
}

/** Carries bytes both ways, through the faults. */
function connect(link: Link, faults: Faults, forget: () => void): void {
  const { client, server } = link;
  const later = (action: () => void): void => {
    if (faults.latencyMs === 0) action();
    else setTimeout(action, faults.latencyMs);
  };
  const watch = watchCommits(() => {
    const cut = faults.commitCut;
    if (cut === undefined) return "forward";
    faults.commitCut = undefined;
    const finish = (): void => {
      reset(link);
      cut.done();
    };
    if (cut.what === "reply") {
      link.cutAtReply = finish;
      return "forward";
    }
    finish();
    return "cut";
  });

  client.on("data", (bytes) => {
    if (watch(bytes) === "forward") later(() => server.write(bytes));
  });
  server.on("data", (bytes) => {
    if (link.cutAtReply !== undefined) return link.cutAtReply();
    if (!faults.repliesDropped) later(() => client.write(bytes));
  });
  for (const [end, other] of [
    [client, server],
    [server, client],
  ] as const) {
    end.on("error", () => {});
    end.on("close", () => {
      forget();
      other.destroy();
    });
  }
}

function reset({ client, server }: Link): void {
  client.resetAndDestroy();
  server.destroy();
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}
