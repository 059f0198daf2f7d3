import type { LoggedOutcome } from "@latchhook/test-app/start-app";
import type { SignedWebhook } from "@latchhook/testing";
import { explain, type Stage, senders } from "./stage.ts";

/** One request of a hand-made kind, and what came of it. */
export interface Sending {
  readonly status: number;
  readonly body: string;
  readonly outcome: LoggedOutcome | undefined;
}

/** Sends to AI Stats' endpoint what the sandbox does not play, and prints what was answered and why. */
export async function send(
  { journal, app }: Stage,
  signed: SignedWebhook,
  description: string,
): Promise<Sending> {
  const response = await fetch(`${app().url}/webhooks/ai-stats`, {
    ...signed,
    signal: AbortSignal.timeout(30_000),
  });
  const body = await response.text();
  const [outcome] = await app().outcomes(1);
  journal.line(senders["ai-stats"], description, String(response.status), explain(outcome));
  return { status: response.status, body, outcome };
}
