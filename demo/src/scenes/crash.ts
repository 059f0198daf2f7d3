import { setTimeout as sleep } from "node:timers/promises";
import { signCreativeai } from "@latchhook/testing";
import { post, rowsOf, type Stage, send, senders } from "../stage.ts";

/** CreativeAI's own pause before its second attempt. A claim of a process that died is free again before that. */
const retryAfterMs = 5_000;

/** By then the handler of a delivery has begun; it takes a minute. */
const killAfterMs = 1_000;

/** The process is killed while the handler runs, and started again; the sender keeps to its schedule. */
export async function crash(stage: Stage): Promise<void> {
  const { journal, secrets } = stage;
  journal.scene("Killed in mid-handler");
  const exitCode = await stage.app().stop();
  journal.promise("On SIGTERM the app ends in good order", exitCode === 0);
  const slow = await stage.restart({ PERSIST_DELAY_MS: "60000" });
  journal.line("the app", "restarted with a handler that takes a minute", "", `process ${slow.processId}`);

  const sign = () => signCreativeai({ secret: secrets.creativeai, generationId: "gen_09" });
  const sentAt = performance.now();
  const first = post(slow, "creativeai", sign());
  await sleep(killAfterMs);
  await slow.kill();
  const { status } = await first;
  const answered = status === 0 ? "no answer" : String(status);
  journal.line(
    senders.creativeai,
    "gen_09 is completed",
    answered,
    `killed (SIGKILL) ${killAfterMs} ms after it was sent`,
  );

  const app = await stage.restart();
  const left = await rowsOf(stage, "gen_09");
  journal.line("the app", "restarted", "", `process ${app.processId}, ${left} rows of gen_09`);
  journal.promise("A delivery that was not persisted is not acknowledged", status === 0 && left === 0);

  await sleep(Math.max(0, retryAfterMs - (performance.now() - sentAt)));
  const retry = await send(
    stage,
    "creativeai",
    sign(),
    "gen_09 is completed, attempt 2, 5 s after the first",
  );
  const rows = (await app.rows()).filter((row) => row.jobId === "gen_09");
  journal.promise(
    "The sender's next attempt repairs the crash, and is persisted once",
    // The second claim: the process that was killed had the first.
    retry.outcome?.code === "processed" && rows.length === 1 && rows[0]?.attempt === 2,
  );
}
