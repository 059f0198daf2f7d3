import assert from "node:assert/strict";
import { defineCases } from "../define-cases.ts";
import { countedTo, deliveryBody, genuine } from "../request-text.ts";
import { assertAnswer, type Trial, withTrial } from "../trial.ts";

/** Somebody else listens to the request: every byte is read, or their absence is named. Never 400 or 401. */
export const listenerCases = defineCases((serve) => ({
  "a body that somebody else listens to is read whole, or named as consumed": () =>
    withTrial(serve, sendHonest, { earlier: "listened" }),

  "a body of which somebody else has had bytes is read whole, or named as consumed": () =>
    withTrial(serve, sendHonest, { earlier: "taken", options: { bodyTimeoutMs: 2_000 } }),
}));

async function sendHonest(trial: Trial): Promise<void> {
  const large = { body: deliveryBody("job-1", 90_000) };
  for (const request of [genuine("job-0"), genuine("", large)]) {
    const bytes = countedTo(trial.url, request);
    for (const pieces of [[bytes], [bytes.subarray(0, -30), bytes.subarray(-30)]]) {
      await assertReadOrNamed(trial, pieces);
    }
  }
}

async function assertReadOrNamed(trial: Trial, pieces: readonly Uint8Array[]): Promise<void> {
  const connection = await trial.connect();
  const known = trial.outcomes.length;
  for (const piece of pieces) {
    await connection.write(piece);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const response = await connection.response();
  connection.destroy();
  const outcome = trial.outcomes[known];
  if (response?.status === 200) return;
  assertAnswer(response, 500);
  assert.equal(outcome?.code, "body-consumed");
  const { mend } = outcome;
  assert.ok(mend && trial.logged.some((line) => line.includes(mend)), "the mend was not logged");
}
