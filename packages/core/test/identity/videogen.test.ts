import { videogen } from "@latchhook/core/providers/videogen";
import { signVideogen } from "@latchhook/testing";
import { describe, expect, it } from "vitest";
import { trialReceiver } from "../support/trial-receiver.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const duplicate = '{"received":true,"duplicate":true}';

const ends = [
  ...["tool_execution", "workflow_run", "project_export", "assistant_message"].flatMap((kind) =>
    ["succeeded", "failed", "cancelled"].map((ended) => `${kind}.${ended}`),
  ),
  "file.upload.completed",
  "file.upload.failed",
];

describe("deliveries of VideoGen", () => {
  const trialOf = () => trialReceiver(videogen({ secret }));

  it.each(ends)("%s of one job under two webhook-ids → one call: it comes once per job", async (event) => {
    const trial = trialOf();
    for (const id of ["msg_1", "msg_2"])
      await trial.post(signVideogen({ secret, event, jobId: "job_1", id }));
    expect(trial.persisted.map(({ event: { type, id } }) => [type, id])).toEqual([[event, "msg_1"]]);
  });

  it.each(ends)("%s of two jobs → two calls, even under one webhook-id", async (event) => {
    const trial = trialOf();
    for (const jobId of ["job_1", "job_2"])
      await trial.post(signVideogen({ secret, event, jobId, id: "msg_1" }));
    expect(trial.persisted).toHaveLength(2);
  });

  it("a failure whose requirement is an object, as the sender's API describes it → a known event", async () => {
    const trial = trialOf();
    const error = {
      message: "Out of credits.",
      code: "insufficient_credits",
      requirement: { type: "upgrade_plan" },
    };
    await trial.post(signVideogen({ secret, event: "tool_execution.failed", data: { error } }));
    expect(trial.persisted.map(({ event }) => event.known)).toEqual([true]);
  });

  it("two ends of one job → two calls", async () => {
    const trial = trialOf();
    for (const event of ["tool_execution.failed", "tool_execution.succeeded"]) {
      await trial.post(signVideogen({ secret, event, jobId: "job_1" }));
    }
    expect(trial.persisted).toHaveLength(2);
  });

  it.each([
    ["a file that is analysed again", { event: "file.analysis_completed", jobId: "file_1" }],
    ["a type that is not known", { event: "avatar.succeeded", jobId: "avatar_1" }],
    ["an end without a job", { body: { event: "tool_execution.succeeded" } }],
    ["an end whose job is no text", { body: { event: "tool_execution.succeeded", toolExecutionId: 7 } }],
  ])("%s: told apart by webhook-id alone", async (_name, options) => {
    const trial = trialOf();
    const answers: string[] = [];
    for (const id of ["msg_1", "msg_2", "msg_1"]) {
      answers.push((await trial.post(signVideogen({ secret, ...options, id }))).body);
    }
    expect(trial.persisted).toHaveLength(2);
    expect(answers[2]).toBe(duplicate);
  });
});
