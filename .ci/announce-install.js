// Says what the first command on a fresh clone waits for. On the terminal itself, for pnpm keeps what scripts of an
// installation print; where there is no terminal, no one is waiting.
import { existsSync, writeFileSync } from "node:fs";

const terminal = process.platform === "win32" ? "\\\\.\\CONOUT$" : "/dev/tty";

// pnpm writes this file at the end of an installation.
if (!existsSync("node_modules/.modules.yaml") && process.env.CI === undefined) {
  try {
    writeFileSync(
      terminal,
      "latchhook: installing what it is built and tested with. Once, for about a minute.\n",
    );
  } catch {
    // There is none.
  }
}
