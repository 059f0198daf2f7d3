// What every consumer of these tests does: sends itself a signed delivery, its retry, and a forgery.
import { createReceiver, isLatchhookError } from "@latchhook/core";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import { memoryStore } from "@latchhook/stores/memory";
import { signAiStats, toRequest } from "@latchhook/testing";

/** The statuses of the three answers, then the videos that the callback was given. */
export async function receive(): Promise<readonly (number | string)[]> {
  const secret = "whsec_of_a_consumer";
  const videos: string[] = [];
  const receiver = createReceiver({
    provider: aiStats({ secret }),
    store: memoryStore(),
    persist(event) {
      if (event.type === "video.completed") videos.push(event.data.id);
    },
  });
  const send = async (signedWith: string): Promise<number> => {
    const signed = signAiStats({ secret: signedWith, type: "video.completed", jobId: "video_1" });
    const answer = await receiver.handle(toRequest(signed, "http://localhost/webhooks"));
    return answer.status;
  };
  const statuses = [await send(secret), await send(secret), await send("another")];
  await receiver.close();
  try {
    aiStats({ secret: "" });
  } catch (error) {
    if (!isLatchhookError(error)) throw error;
    return [...statuses, ...videos, error.code];
  }
  return [...statuses, ...videos];
}
