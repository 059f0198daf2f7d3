/** How long the first connection may take, in milliseconds. */
const startMs = 5_000;

/**
 * A connected client. The driver is loaded only here, for those who use Redis.
 *
 * While the server is away commands fail at once instead of waiting in a queue: the sender is answered 503 and tries
 * again.
 *
 * @throws Error when the server cannot be reached now. Later it is tried for ever.
 */
export async function openRedis(url: string) {
  const { createClient } = await import("redis");
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: { connectTimeout: 2_000, reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, 1_000) },
  });
  let latest: unknown;
  // Without a listener a broken connection would end the process.
  client.on("error", (error: unknown) => {
    latest = error;
  });
  const giveUp = setTimeout(() => client.destroy(), startMs);
  try {
    await client.connect();
  } catch (error) {
    throw new Error(`STORE_URL: Redis cannot be reached (${describe(latest ?? error)}).`);
  } finally {
    clearTimeout(giveUp);
  }
  return client;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
