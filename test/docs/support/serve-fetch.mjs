// Serves a module's default export as Bun, Deno and Workers do: `{ fetch }`.
import { pathToFileURL } from "node:url";
import { serve } from "@hono/node-server";

const { default: handler } = await import(pathToFileURL(process.argv[2] ?? "").href);
serve({ fetch: handler.fetch, port: 3000 });
