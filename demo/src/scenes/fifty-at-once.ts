import { signAiStats } from "@latchhook/testing";
import { post, rowsOf, type Stage, senders } from "../stage.ts";

const count = 50;

/** One event, sent fifty times at the same moment. */
export async function fiftyAtOnce(stage: Stage): Promise<void> {
  const { journal, secrets } = stage;
  journal.scene("Fifty at once");
  const signed = signAiStats({ secret: secrets["ai-stats"], jobId: "video_04" });
  const app = stage.app();
  const answers = await Promise.all(Array.from({ length: count }, () => post(app, "ai-stats", signed)));
  const outcomes = await app.outcomes(count);

  journal.line(
    senders["ai-stats"],
    `video_04 is completed, ${count} requests`,
    tally(answers.map(({ status }) => String(status))),
    tally(outcomes.map(({ code }) => code)),
  );
  journal.promise(
    "Fifty copies at once run the handler once; each is answered 200, or 503 while it is busy",
    answers.every(({ status }) => status === 200 || status === 503) &&
      outcomes.filter(({ code }) => code === "processed").length === 1 &&
      (await rowsOf(stage, "video_04")) === 1,
  );
}

/** `49 × duplicate, 1 × processed` */
function tally(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, times]) => `${times} × ${value}`).join(", ");
}
