import { rm, writeFile } from "node:fs/promises";
import { type Followed, follow } from "../follow.ts";
import { explain, rowsOf, type Stage } from "../stage.ts";

/** A delivery fails in the callback. It is found by its job alone, with the reason, and replayed: once. */
export async function seenAndReplayed(stage: Stage): Promise<void> {
  const { journal, sandbox } = stage;
  journal.scene("A delivery fails, and somebody knows only its job");
  const id = "execution_10";
  // The sender's own second attempt comes after a second and a half, instead of five.
  sandbox.configure({ speed: 3 });
  const { next } = follow(stage, id);
  const failed = await failOnce(stage, id, next);

  const page = stage.page();
  const [found, ...others] = await page.find(id);
  const foundAlone = found !== undefined && others.length === 0;
  journal.line("on call", `searches ${id}`, found?.state ?? "nothing", found?.error ?? "");
  journal.promise(
    "A delivery that failed is found by its job's id, with the reason",
    failed.record.status === 500 && foundAlone && found.error === "told to fail",
  );

  stage.expect(id);
  const key = found?.key ?? "";
  const replay = await page.act("replay", { key });
  const [outcome] = await stage.app().outcomes(1);
  journal.line("on call", `replays ${id}`, String(replay.status), explain(outcome));
  const retried = await next("has succeeded, attempt 2");
  const shown = await page.delivery(key);
  journal.line(
    "on call",
    "looks again",
    shown.state,
    `${shown.replays} replay, by ${shown.attempts.find(({ source }) => source === "replay")?.actor}`,
  );
  journal.promise(
    "What is replayed happens once, and the sender's own retry is a duplicate",
    replay.outcome === "processed" &&
      retried.outcome?.code === "duplicate" &&
      shown.state === "done" &&
      (await rowsOf(stage, id)) === 1,
  );
}

/** Leaves one delivery that has failed, for whoever opens the page. Its sender does not try again. */
export async function leaveOneFailed(stage: Stage): Promise<string> {
  const id = "execution_11";
  const { next } = follow(stage, id);
  stage.sandbox.configure({ speed: 1 });
  await failOnce(stage, id, next);
  stage.sandbox.configure({ faults: { dropAttempts: "all" } });
  return id;
}

/** Sends a delivery while the callback throws. */
async function failOnce(
  { sandbox, failsWhile }: Stage,
  id: string,
  next: (description: string) => Promise<Followed>,
): Promise<Followed> {
  await writeFile(failsWhile, "");
  sandbox.emit({ event: "tool_execution.succeeded", jobId: id });
  const failed = await next("has succeeded");
  await rm(failsWhile);
  return failed;
}
