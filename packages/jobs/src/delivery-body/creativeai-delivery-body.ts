import type { JobState } from "../job-source.ts";
import {
  convertMembers,
  type DeliveryMember,
  flag,
  isoTime,
  number,
  text,
  toJsonBytes,
} from "./conversions.ts";

/** Beyond this the provider takes a signed `completed_at` for a replay; this answer is none, so it goes undated. */
const datedForMs = 6 * 86_400_000;

const members: Readonly<Record<string, DeliveryMember>> = {
  model: [text],
  model_actual: [text],
  prompt: [text],
  output_url: [text],
  error_message: [text],
  credits: [number],
  failover_used: [flag],
  completed_at: [isoTime],
};

/** CreativeAI delivers the generation itself, identified by its id and status. */
export function creativeaiDeliveryBody({ terminal, id, status, data }: JobState): Uint8Array | undefined {
  if (!terminal) return undefined;
  const { completed_at: completedAt, ...generation } = convertMembers(data, members);
  const ageMs = Date.now() - Date.parse(String(completedAt));
  // Nor is one of the future believed, which a sender's clock that runs ahead makes.
  const dated = ageMs >= 0 && ageMs < datedForMs;
  return toJsonBytes({
    ...generation,
    id,
    object: "video.generation",
    status,
    ...(dated ? { completed_at: completedAt } : {}),
  });
}
