import { aiStatsPayload, signAiStats, signVideogen } from "@latchhook/testing";
import { rowsOf, type Sending, type Stage, send } from "../stage.ts";

const unauthentic = '{"error":"unauthentic"}';

function isRefused({ status, body }: Sending): boolean {
  return status === 401 && body === unauthentic;
}

/** Requests that are not the sender's, or not now. */
export async function attacks(stage: Stage): Promise<void> {
  stage.journal.scene("Not to be believed");
  await forged(stage);
  await stale(stage);
  await poisoned(stage);
  await replayed(stage);
}

async function forged(stage: Stage): Promise<void> {
  const { journal, secrets } = stage;
  const byStranger = signAiStats({ secret: "whsec_of_somebody_else", jobId: "video_05" });
  const genuine = signAiStats({ secret: secrets["ai-stats"], jobId: "video_05" });
  const altered = { ...genuine, body: Uint8Array.from(genuine.body) };
  const last = altered.body.length - 1;
  altered.body[last] = (altered.body[last] ?? 0) ^ 1;
  const answers = [
    await send(stage, "ai-stats", byStranger, "forged: signed with another secret"),
    await send(stage, "ai-stats", altered, "forged: one bit of the body changed"),
  ];
  journal.promise(
    "A forged delivery is refused, and nothing of it is persisted",
    answers.every(isRefused) && (await rowsOf(stage, "video_05")) === 0,
  );
}

async function stale(stage: Stage): Promise<void> {
  const { journal, secrets } = stage;
  const timestamp = Math.floor(Date.now() / 1000) - 301;
  const answers = [
    await send(
      stage,
      "ai-stats",
      signAiStats({ secret: secrets["ai-stats"], jobId: "video_06", timestamp }),
      "stale: genuine, captured 301 s ago",
    ),
    await send(
      stage,
      "videogen",
      signVideogen({ secret: secrets.videogen, jobId: "execution_06", timestamp }),
      "stale: genuine, captured 301 s ago",
    ),
  ];
  journal.promise("A delivery that is older than 300 s is refused", answers.every(isRefused));
}

/** Metadata headers are not signed: a captured delivery can carry those of an event that is still to come. */
async function poisoned(stage: Stage): Promise<void> {
  const { journal, secrets } = stage;
  const secret = secrets["ai-stats"];
  const { id: eventId } = aiStatsPayload({ jobId: "video_07" });
  const poison = signAiStats({ secret, jobId: "video_01", attempt: 3, metadata: { eventId } });
  const refused = await send(stage, "ai-stats", poison, "poisoned: video_01 under the event id of video_07");
  const real = await send(
    stage,
    "ai-stats",
    signAiStats({ secret, jobId: "video_07" }),
    "video_07 is completed, the real one",
  );
  journal.promise(
    "A captured delivery cannot take the place of a later one",
    isRefused(refused) && real.outcome?.code === "processed" && (await rowsOf(stage, "video_07")) === 1,
  );
}

/** A body whose delivery key is only in a header, as the sender's documentation shows it. */
async function replayed(stage: Stage): Promise<void> {
  const { journal, secrets } = stage;
  const data = { id: "video_08", status: "completed" };
  const body = { id: "evt_video_08", type: "video.completed", data };
  const metadata = { deliveryKey: "video.completed" };
  const signed = signAiStats({ secret: secrets["ai-stats"], body, metadata });
  const again = { ...signed, headers: { ...signed.headers, "x-ai-stats-delivery-key": "another-key" } };
  const first = await send(stage, "ai-stats", signed, "video_08 is completed, delivery key only in a header");
  const second = await send(stage, "ai-stats", again, "replayed: the same signature, another delivery key");
  journal.promise(
    "One signature does not run the handler twice, whatever its unsigned headers say",
    first.outcome?.code === "processed" &&
      second.outcome?.code === "duplicate" &&
      (await rowsOf(stage, "video_08")) === 1,
  );
}
