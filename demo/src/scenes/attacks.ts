import { aiStatsPayload, signAiStats } from "@latchhook/testing";
import { type Followed, follow } from "../follow.ts";
import { type Sending, send } from "../send.ts";
import { createJob, rowsOf, type Stage } from "../stage.ts";

const unauthentic = '{"error":"unauthentic"}';

/** Requests that are not the sender's, or not now. */
export async function attacks(stage: Stage): Promise<void> {
  const { journal, sandbox } = stage;
  journal.scene("Not to be believed");
  const execution = "execution_07";
  const video = await createJob(stage, "ai-stats");
  stage.expect(execution);
  sandbox.configure({ faults: { forged: 3, stale: 1 } });
  const attempts = [
    await surrounded(stage, video, () => sandbox.step(video, { change: "completed" })),
    await surrounded(stage, execution, () =>
      sandbox.emit({ event: "tool_execution.succeeded", jobId: execution }),
    ),
  ];
  sandbox.configure({ faults: { forged: 0, stale: 0 } });
  const genuineAlone =
    attempts.every(({ genuine }) => genuine.outcome?.code === "processed") &&
    (await rowsOf(stage, video)) === 1 &&
    (await rowsOf(stage, execution)) === 1;

  const byStranger = signAiStats({ secret: "whsec_of_somebody_else", jobId: "video_05" });
  const stranger = await send(stage, byStranger, "video_05 forged: signed with another secret");
  journal.promise(
    "A forged delivery is refused, and nothing of it is persisted",
    attempts.every(({ forged }) => forged.every(isRefused)) &&
      isRefusal(stranger) &&
      (await rowsOf(stage, "video_05")) === 0 &&
      genuineAlone,
  );
  journal.promise(
    "A delivery that is older than 300 s is refused",
    attempts.every(({ stale }) => isRefused(stale) && stale.outcome?.reason === "stale-timestamp"),
  );
  await poisoned(stage);
  await replayed(stage);
}

/** What the sandbox sends for one event: three forgeries, a stale copy, and the genuine delivery last. */
async function surrounded(stage: Stage, jobId: string, happen: () => unknown) {
  const { next } = follow(stage, jobId);
  happen();
  return {
    forged: [
      await next("forged: one byte more in the body"),
      await next("forged: a signature digit changed"),
      await next("forged: identifying header changed"),
    ],
    stale: await next("stale: genuine, captured 301 s ago"),
    genuine: await next("has ended, the real one"),
  };
}

/** Metadata headers are not signed: a captured delivery can carry those of an event that is still to come. */
async function poisoned(stage: Stage): Promise<void> {
  const { journal, secrets } = stage;
  const secret = secrets["ai-stats"];
  const { id: eventId } = aiStatsPayload({ jobId: "video_08" });
  const poison = signAiStats({ secret, jobId: "video_05", attempt: 3, metadata: { eventId } });
  const refused = await send(stage, poison, "poisoned: video_05 with the id of video_08");
  stage.expect("video_08");
  const real = await send(
    stage,
    signAiStats({ secret, jobId: "video_08" }),
    "video_08 is completed, the real one",
  );
  journal.promise(
    "A captured delivery cannot take the place of a later one",
    isRefusal(refused) && real.outcome?.code === "processed" && (await rowsOf(stage, "video_08")) === 1,
  );
}

/** A body whose delivery key is only in a header, as the sender's documentation shows it. */
async function replayed(stage: Stage): Promise<void> {
  const { journal, secrets } = stage;
  const data = { id: "video_09", status: "completed" };
  const body = { id: "evt_video_09", type: "video.completed", data };
  const metadata = { deliveryKey: "video.completed" };
  const signed = signAiStats({ secret: secrets["ai-stats"], body, metadata });
  const again = { ...signed, headers: { ...signed.headers, "x-ai-stats-delivery-key": "another-key" } };
  stage.expect("video_09");
  const first = await send(stage, signed, "video_09 is completed, its key in a header");
  const second = await send(stage, again, "replayed: same signature, another delivery key");
  journal.promise(
    "One signature does not run the handler twice, whatever its unsigned headers say",
    first.outcome?.code === "processed" &&
      second.outcome?.code === "duplicate" &&
      (await rowsOf(stage, "video_09")) === 1,
  );
}

function isRefused({ record }: Followed): boolean {
  return record.status === 401 && record.preview === unauthentic;
}

function isRefusal({ status, body }: Sending): boolean {
  return status === 401 && body === unauthentic;
}
