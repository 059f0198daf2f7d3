import { follow } from "../follow.ts";
import { shorten } from "../journal.ts";
import { createJob, rowsOf, type Stage, senders } from "../stage.ts";

const count = 50;

/** One event, sent fifty times at the same moment. */
export async function fiftyAtOnce(stage: Stage): Promise<void> {
  const { journal, sandbox } = stage;
  journal.scene("Fifty at once");
  const id = await createJob(stage, "ai-stats");
  const { records } = follow(stage, id);
  sandbox.configure({ faults: { concurrent: count - 1 } });
  sandbox.step(id, { change: "completed" });
  const answers = await records(count);
  sandbox.configure({ faults: { concurrent: 0 } });
  const outcomes = await stage.app().outcomes(count);

  journal.line(
    senders["ai-stats"],
    `${shorten(id)} is completed, ${count} requests`,
    tally(answers.map(({ status }) => String(status))),
    tally(outcomes.map(({ code }) => code)),
  );
  journal.promise(
    "Fifty copies at once run the handler once; each is answered 200, or 503 while it is busy",
    answers.every(({ status }) => status === 200 || status === 503) &&
      outcomes.filter(({ code }) => code === "processed").length === 1 &&
      (await rowsOf(stage, id)) === 1,
  );
}

/** `49 × duplicate, 1 × processed` */
function tally(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, times]) => `${times} × ${value}`).join(", ");
}
