/** Redis expires the records of claims by itself, so `purge` does not count them. */
export const expiredByRedis = [
  "purge: removes completed records once their retention is over, and counts them",
  "purge: removes at most as many as it was told",
  "purge: removes unfinished records once their retention is over",
].map((name) => ({ case: name, reason: "Redis expires records of claims by itself" }));
