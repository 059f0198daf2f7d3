import { setTimeout as sleep } from "node:timers/promises";
import { follow } from "../follow.ts";
import { shorten } from "../journal.ts";
import { createJob, rowsOf, type Stage, senders } from "../stage.ts";

/** By then the handler of a delivery has begun; it takes a minute. */
const killAfterMs = 1_000;

/**
 * The app that is started after the crash asks soon about jobs that nothing is heard of: the next scene needs it. The
 * job of this one was created before, and so is left to its sender.
 */
const impatient = { OVERDUE_AFTER_MS: "300", RECONCILE_EVERY_MS: "200" };

/**
 * The process is killed while the handler runs, and started again. CreativeAI tries again after its own five seconds;
 * a claim of a process that died is free again before that.
 */
export async function crash(stage: Stage): Promise<void> {
  const { journal, sandbox } = stage;
  journal.scene("Killed in mid-handler");
  const exitCode = await stage.app().stop();
  journal.promise("On SIGTERM the app ends in good order", exitCode === 0);
  const slow = await stage.restart({ PERSIST_DELAY_MS: "60000" });
  journal.line("app", "restarted with a handler that takes a minute", "", `process ${slow.processId}`);

  const id = await createJob(stage, "creativeai");
  const { records, next } = follow(stage, id);
  sandbox.step(id, { change: "completed" });
  await sleep(killAfterMs);
  await slow.kill();
  const [first] = await records(1);
  journal.line(
    senders.creativeai,
    `${shorten(id)} is completed`,
    first?.status === null ? "no answer" : String(first?.status),
    `killed ${killAfterMs} ms after sending`,
  );

  const app = await stage.restart(impatient);
  const left = await rowsOf(stage, id);
  journal.line("app", "restarted", "", `process ${app.processId}, ${left} rows of it`);
  journal.promise(
    "A delivery that was not persisted is not acknowledged",
    first?.error === "unreachable" && left === 0,
  );

  const second = await next("is completed, attempt 2, 5 s later");
  const rows = (await app.events()).filter((row) => row.jobId === id);
  journal.promise(
    "The sender's next attempt repairs the crash, and is persisted once",
    // The second claim: the process that was killed had the first.
    second.outcome?.code === "processed" && rows.length === 1 && rows[0]?.attempt === 2,
  );
}
