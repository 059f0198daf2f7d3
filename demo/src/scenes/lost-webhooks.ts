import { setTimeout as sleep } from "node:timers/promises";
import { follow } from "../follow.ts";
import { shorten } from "../journal.ts";
import { createJob, explain, rowsOf, type Stage, senders } from "../stage.ts";

const patienceMs = 10_000;

interface ShownJob {
  readonly status: string;
  readonly settled: boolean;
}

/** No webhook of a job arrives. The app asks the sender, and persists the job's end; then a webhook comes after all. */
export async function lostWebhooks(stage: Stage): Promise<void> {
  const { journal, sandbox } = stage;
  journal.scene("Every webhook lost: the app asks after 300 ms without news, instead of two minutes");
  const app = stage.app();
  const id = await createJob(stage, "ai-stats");
  const { records, next } = follow(stage, id);
  // The second attempt comes after one and a half seconds instead of a minute.
  sandbox.configure({ speed: 40, faults: { dropAttempts: "all" } });
  sandbox.step(id, { change: "completed" });
  const [lost] = await records(1);
  journal.line(senders["ai-stats"], `${shorten(id)} is completed`, "lost", "dropped on the way");

  const job = await settled(stage, id);
  const [outcome] = await app.outcomes(1);
  const arrived = sandbox.deliveries.some(({ jobId, kind }) => jobId === id && kind !== "dropped");
  journal.line(
    "app",
    `asks about ${shorten(id)}, not heard of yet`,
    job?.status ?? "nothing",
    explain(outcome),
  );
  journal.promise(
    "A job whose webhooks are all lost is found, and its end is persisted once",
    lost?.kind === "dropped" &&
      !arrived &&
      job?.status === "completed" &&
      outcome?.code === "processed" &&
      (await rowsOf(stage, id)) === 1,
  );

  sandbox.configure({ faults: { dropAttempts: 0 } });
  const late = await next("is completed, arrives after all");
  journal.promise(
    "A webhook that arrives after that is acknowledged and not persisted again",
    late.record.status === 200 && late.outcome?.code === "duplicate" && (await rowsOf(stage, id)) === 1,
  );
}

/** The job once its end was persisted; undefined where that does not happen. */
async function settled(stage: Stage, id: string): Promise<ShownJob | undefined> {
  const until = Date.now() + patienceMs;
  while (Date.now() < until) {
    const response = await fetch(`${stage.app().url}/jobs/${id}`);
    const job = (await response.json()) as ShownJob;
    if (job.settled) return job;
    await sleep(20);
  }
  return undefined;
}
