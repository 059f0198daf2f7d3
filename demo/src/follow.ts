import { setTimeout as sleep } from "node:timers/promises";
import type { DeliveryRecord } from "@latchhook/sandbox";
import type { LoggedOutcome } from "@latchhook/test-app/start-app";
import { shorten } from "./journal.ts";
import { explain, nameOf, type Stage } from "./stage.ts";

/** One request of the sandbox's, and what the app said of it. */
export interface Followed {
  readonly record: DeliveryRecord;
  readonly outcome: LoggedOutcome | undefined;
}

/** What the sandbox sends for one job, in turn. */
export interface Following {
  /** Waits for the next `count` requests. */
  records(count: number): Promise<readonly DeliveryRecord[]>;
  /** Waits for the next request that reaches the app, and prints what was answered and why. */
  next(description: string): Promise<Followed>;
}

const patienceMs = 15_000;

/**
 * Follows a job's deliveries from now on.
 *
 * @throws Error where the sandbox sends nothing for a long time.
 */
export function follow({ sandbox, journal, app }: Stage, jobId: string): Following {
  const all = () => sandbox.deliveries.filter((record) => record.jobId === jobId);
  let seen = all().length;

  async function records(count: number): Promise<readonly DeliveryRecord[]> {
    const until = Date.now() + patienceMs;
    while (all().length < seen + count) {
      if (Date.now() > until) throw new Error(`Nothing more was sent for ${jobId}.`);
      await sleep(5);
    }
    seen += count;
    return all().slice(seen - count, seen);
  }

  return {
    records,
    async next(description) {
      const [record] = await records(1);
      if (record === undefined) throw new Error(`Nothing was sent for ${jobId}.`);
      const [outcome] = await app().outcomes(1);
      const answered = record.status === null ? "no answer" : String(record.status);
      const why = record.error === "timeout" ? explainLate(outcome) : explain(outcome);
      journal.line(nameOf(record.sender), `${shorten(jobId)} ${description}`, answered, why);
      return { record, outcome };
    },
  };
}

function explainLate(outcome: LoggedOutcome | undefined): string {
  return outcome?.code === "processed" ? "persisted; sender was gone" : explain(outcome);
}
