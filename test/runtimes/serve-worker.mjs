// Runs Miniflare in a process of its own: its Hyperdrive proxy throws where a Worker cuts a connection, as runtimes do
// with those that a request leaves open. The parent sends the options and gets the address.
import { Miniflare } from "miniflare";

process.on("uncaughtException", (error) => {
  if (error.code !== "EPIPE" && error.code !== "ECONNRESET") throw error;
});

process.once("message", async (options) => {
  const miniflare = new Miniflare(options);
  process.once("disconnect", () => miniflare.dispose().finally(() => process.exit()));
  process.send?.((await miniflare.ready).href);
});
