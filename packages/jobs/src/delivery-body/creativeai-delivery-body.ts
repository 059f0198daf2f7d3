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
  return toJsonBytes({ ...convertMembers(data, members), id, object: "video.generation", status });
}

/** When a generation ended: its provider refuses deliveries that are too old, or of the future. */
export function creativeaiEndedAt({ data }: JobState): Date | null {
  const { completed_at: completedAt } = convertMembers(data, members);
  return typeof completedAt === "string" ? new Date(completedAt) : null;
}
