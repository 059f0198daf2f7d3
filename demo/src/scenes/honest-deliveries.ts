import { type Followed, follow } from "../follow.ts";
import { createJob, rowsOf, type Stage } from "../stage.ts";

/** The app creates jobs, and each sender tells how one ended. */
export async function honestDeliveries(stage: Stage): Promise<void> {
  const { journal, sandbox } = stage;
  journal.scene("Honest deliveries");
  const execution = "execution_02";
  const jobs = [await createJob(stage, "ai-stats"), execution] as const;
  stage.expect(execution);
  const generation = await createJob(stage, "creativeai");

  const answers: Followed[] = [];
  const video = follow(stage, jobs[0]);
  sandbox.step(jobs[0], { change: "completed" });
  answers.push(await video.next("is completed"));
  const ofExecution = follow(stage, execution);
  sandbox.emit({ event: "tool_execution.succeeded", jobId: execution });
  answers.push(await ofExecution.next("has succeeded"));
  const ofGeneration = follow(stage, generation);
  sandbox.step(generation, { change: "failed" });
  answers.push(await ofGeneration.next("has failed"));

  const persisted = await Promise.all([...jobs, generation].map((id) => rowsOf(stage, id)));
  journal.promise(
    "A delivery of each sender is verified, persisted and acknowledged",
    answers.every(({ record, outcome }) => record.status === 200 && outcome?.code === "processed") &&
      persisted.every((rows) => rows === 1),
  );
}

/** AI Stats does not hear of its first attempt, and tries again after a minute, played a hundred times faster. */
export async function retry(stage: Stage): Promise<void> {
  const { journal, sandbox } = stage;
  journal.scene(
    "A retry: the same event, with a new clock, attempt number and signature, and so with other bytes",
  );
  const id = await createJob(stage, "ai-stats");
  const { next } = follow(stage, id);
  sandbox.configure({ speed: 100, timeoutMs: 200 });
  sandbox.step(id, { change: "completed" });
  const first = await next("is completed");
  sandbox.configure({ speed: 1, timeoutMs: null });
  const second = await next("is completed, attempt 2");
  journal.promise(
    "A retry with a changed body is acknowledged and not persisted again",
    first.record.error === "timeout" &&
      first.outcome?.code === "processed" &&
      second.record.attempt === 2 &&
      second.record.preview === '{"received":true,"duplicate":true}' &&
      (await rowsOf(stage, id)) === 1,
  );
}
