// Ends a test's server and deletes its folder once whoever started them is gone, however it went: its end of the pipe
// to this process closes even when it is killed. `node guard.mjs <folder>`; each line of the input names the server's
// process and the signal that ends it, and an empty one says that there is none any more.
import { rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

const [, , folder] = process.argv;
let server = "";
for await (const line of createInterface({ input: process.stdin })) server = line;

if (server !== "") {
  const [processId, signal] = server.split(" ");
  for (
    let attempt = 0;
    signalled(Number(processId), attempt === 100 ? "SIGKILL" : attempt === 0 ? signal : 0);
    attempt++
  )
    await sleep(50);
}
rmSync(folder, { recursive: true, force: true, maxRetries: 20 });

/** Whether the process was there to get the signal; 0 only asks. */
function signalled(processId, signal) {
  try {
    return process.kill(processId, signal);
  } catch {
    return false;
  }
}
