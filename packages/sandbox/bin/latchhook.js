#!/usr/bin/env node
import { existsSync } from "node:fs";

const cli = new URL("../dist/esm/cli.js", import.meta.url);
if (existsSync(cli)) {
  const { main } = await import(cli.href);
  process.exitCode = await main(process.argv.slice(2));
} else {
  process.stderr.write(
    "latchhook: this workspace is not built yet. Run `npx -y pnpm@10.34.9 build` first.\n",
  );
  process.exitCode = 1;
}
