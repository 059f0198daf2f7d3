export interface CreativeaiPayloadOptions {
  /** Default: `gen_4f1c9a7e02`. */
  readonly generationId?: string | undefined;
  /** Default: `completed`. */
  readonly status?: "completed" | "failed" | undefined;
  /** When the generation ended. Default: now. */
  readonly completedAt?: Date | undefined;
  /** Members to add or replace. */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}

export interface CreativeaiPayload {
  readonly id: string;
  readonly object: "video.generation";
  readonly status: "completed" | "failed";
  readonly model: string;
  readonly model_actual: string;
  readonly prompt: string;
  readonly output_url: string | null;
  readonly error_message: string | null;
  readonly credits: number;
  readonly failover_used: boolean;
  readonly completed_at: string;
}

/** A body of CreativeAI. */
export function creativeaiPayload({
  generationId = "gen_4f1c9a7e02",
  status = "completed",
  completedAt = new Date(),
  data,
}: CreativeaiPayloadOptions = {}): CreativeaiPayload {
  const completed = status === "completed";
  return {
    id: generationId,
    object: "video.generation",
    status,
    model: "veo-3",
    model_actual: completed ? "veo-3" : "kling-2.1",
    prompt: "A paper boat drifts down a rain gutter at dusk, slow dolly shot",
    output_url: completed
      ? `https://media.example.com/generations/${encodeURIComponent(generationId)}.mp4`
      : null,
    error_message: completed ? null : "The model refused the prompt.",
    credits: completed ? 40 : 0,
    failover_used: !completed,
    completed_at: completedAt.toISOString(),
    ...data,
  };
}
