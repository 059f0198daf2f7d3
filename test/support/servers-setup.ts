import { answersPostgres, startOwnPostgres } from "./postgres-server.ts";
import { startOwnRedis } from "./redis-server.ts";
import { findPostgres, findRedis, findRedisBinary, postgresVariable, redisVariable } from "./servers.ts";
import { within } from "./within.ts";

/**
 * Vitest's global set-up: starts what no one has started, once for all test files, and stops it at the end. The
 * workers inherit the addresses through the environment. What cannot be started is left to `describeWithServer`.
 * Vitest sets no limit here, so each step has its own.
 */
export default async function setUpServers(): Promise<() => Promise<void>> {
  const stops = await Promise.all([attempt("PostgreSQL", setUpPostgres), attempt("Redis", setUpRedis)]);
  return async () => {
    await Promise.all(stops.map((stop) => within(stop(), 45_000, "Stopping a server of the tests")));
  };
}

type Stop = () => Promise<void>;

const nothingToStop: Stop = async () => {};

async function attempt(name: string, setUp: () => Promise<Stop>): Promise<Stop> {
  try {
    return await within(setUp(), 150_000, `Starting ${name}`);
  } catch (error) {
    console.warn(`${name} could not be started for the tests.`, error);
    return nothingToStop;
  }
}

async function setUpPostgres(): Promise<Stop> {
  if ("url" in (await findPostgres())) return nothingToStop;
  const server = await startOwnPostgres();
  if (!(await answersPostgres(server.url))) {
    await server.stop();
    throw new Error("It runs, but does not answer.");
  }
  process.env[postgresVariable] = server.url;
  return server.stop;
}

async function setUpRedis(): Promise<Stop> {
  if ("url" in (await findRedis()) || "missing" in findRedisBinary()) return nothingToStop;
  const server = await startOwnRedis();
  process.env[redisVariable] = server.url;
  return server.stop;
}
