import * as z from "zod/mini";
import type { SenderEvent } from "../../define-sender.ts";

const text = z.nullish(z.string());

/**
 * `event.data`: a prediction or a training as its API shows it, the whole signed body. Its `output` is what the model
 * gives: text, a file's URL, a list, anything.
 */
export const replicatePrediction = z.looseObject({
  id: z.string(),
  status: z.string(),
  model: text,
  version: text,
  input: z.optional(z.unknown()),
  output: z.optional(z.unknown()),
  error: z.optional(z.unknown()),
  logs: text,
  metrics: z.nullish(z.looseObject({ predict_time: z.nullish(z.number()) })),
  created_at: text,
  started_at: text,
  completed_at: text,
  urls: z.nullish(z.looseObject({ get: text, cancel: text })),
});
export type ReplicatePrediction = z.infer<typeof replicatePrediction>;

/** Each status, which stands for a type: Replicate names no events. Source: its page "Prediction lifecycle". */
export const replicateEvents = {
  starting: replicatePrediction,
  processing: replicatePrediction,
  succeeded: replicatePrediction,
  failed: replicatePrediction,
  canceled: replicatePrediction,
  aborted: replicatePrediction,
};
export type ReplicateEvent = SenderEvent<typeof replicateEvents>;
