import { signAiStats, signCreativeai, signVideogen } from "@latchhook/testing";
import { rowsOf, type Stage, send } from "../stage.ts";

/** Each sender delivers one event. AI Stats does not hear of it the first time, and tries again. */
export async function honestDeliveries(stage: Stage): Promise<void> {
  const { journal, secrets } = stage;
  journal.scene("Honest deliveries");
  const secret = secrets["ai-stats"];
  const video = signAiStats({ secret, jobId: "video_01" });
  const execution = signVideogen({ secret: secrets.videogen, jobId: "execution_02" });
  const generation = signCreativeai({ secret: secrets.creativeai, generationId: "gen_03", status: "failed" });

  const answers = [
    await send(stage, "ai-stats", video, "video_01 is completed"),
    await send(stage, "videogen", execution, "execution_02 has succeeded"),
    await send(stage, "creativeai", generation, "gen_03 has failed"),
  ];
  const persisted = await Promise.all(["video_01", "execution_02", "gen_03"].map((id) => rowsOf(stage, id)));
  journal.promise(
    "A delivery of each sender is verified, persisted and acknowledged",
    answers.every(({ status }) => status === 200) && persisted.every((rows) => rows === 1),
  );

  journal.scene(
    "A retry: the same event, with a new clock, attempt number and signature, and so with other bytes",
  );
  const retry = signAiStats({ secret, jobId: "video_01", attempt: 2 });
  const answer = await send(stage, "ai-stats", retry, "video_01 is completed, attempt 2");
  journal.promise(
    "A retry with a changed body is acknowledged and not persisted again",
    Buffer.compare(video.body, retry.body) !== 0 &&
      answer.body === '{"received":true,"duplicate":true}' &&
      (await rowsOf(stage, "video_01")) === 1,
  );
}
