import type { Recorder } from "../inbox/recorder.ts";
import type { Recording } from "../inbox/recording.ts";
import type { Observation } from "../observers/observation.ts";
import {
  type Answer,
  type Outcome,
  type OutcomeCode,
  type OutcomeDetails,
  statusOf,
  toAnswer,
} from "../outcome.ts";
import type { Reply } from "../provider.ts";
import type { DeliverySource, Trusted } from "../reading/trust.ts";

/** One delivery on its way through the receiver: when it came, what time is left, and how its outcome is written. */
export interface Passage {
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  /** Where instruments watch it. */
  readonly observation: Observation | undefined;
  /** Milliseconds until the answer is due; negative once it is overdue, `Infinity` where nobody waits for one. */
  leftMs(): number;
  /** Notes which delivery it is: every outcome from here on says so, one at the deadline too. */
  identify(trusted: Trusted): void;
  /** What the inbox keeps of it: undefined where there is no inbox, and before it is identified. */
  recording(): Recording | undefined;
  /** Notes that an answer is out before the end, and its status. */
  answeredEarly(status: number): void;
  /** The status that was answered before the end; undefined where none was. */
  answeredStatus(): number | undefined;
  /** Notes what the sender wants to be answered, where the outcome is a 200. */
  replyWith(reply: Reply): void;
  /** The answer to an outcome. */
  answer(outcome: Outcome): Answer;
  /** Notes how often the delivery has been claimed. */
  claimed(attempt: number): void;
  outcome(code: OutcomeCode, details?: OutcomeDetails): Outcome;
}

export interface PassageOptions {
  readonly provider: string;
  readonly scope: string;
  readonly source: DeliverySource;
  /** The path of the request's URL, without its query; null where there is none. */
  readonly path: string | null;
  readonly deadlineMs: number;
  /** The sender's own form of a 200. */
  readonly successReply: Reply | undefined;
  /** What `Retry-After` says of an outcome that knows no better, in milliseconds. */
  readonly retryAfterMs: number;
  /** Where there is an inbox. */
  readonly recorder?: Recorder | undefined;
  /** Where there are instruments. */
  readonly observation?: Observation | undefined;
}

/** Starts the clock of a delivery. */
export function startPassage(options: PassageOptions): Passage {
  const { provider, scope, source, path, deadlineMs, retryAfterMs } = options;
  const startedAt = performance.now();
  let known: Trusted | undefined;
  let recording: Recording | undefined;
  let answered: number | undefined;
  let claimAttempt: number | undefined;
  let reply = options.successReply;
  const passage: Passage = {
    receivedAt: Date.now(),
    observation: options.observation,
    leftMs: () => deadlineMs - (performance.now() - startedAt),
    identify(trusted) {
      known = trusted;
      recording = options.recorder?.begin(trusted, passage);
    },
    recording: () => recording,
    answeredEarly(status) {
      answered = status;
    },
    answeredStatus: () => answered,
    replyWith(own) {
      reply = own;
    },
    answer: (outcome) => toAnswer(outcome, reply),
    claimed(attempt) {
      claimAttempt = attempt;
    },
    outcome(code, details) {
      const status = statusOf(code);
      return {
        code,
        status,
        provider,
        scope,
        source,
        path,
        durationMs: performance.now() - startedAt,
        ...(known === undefined ? undefined : factsOf(known, claimAttempt)),
        ...(status === 503 ? { retryAfterMs } : undefined),
        ...details,
      } as Outcome;
    },
  };
  return passage;
}

/** What an outcome says of a delivery that was verified and read. */
function factsOf(trusted: Trusted, claimAttempt: number | undefined): OutcomeDetails {
  const { event, key, maxAttempts, secretIndex } = trusted;
  const attempt = trusted.attempt ?? claimAttempt ?? null;
  return {
    key,
    eventId: event.id,
    type: event.type,
    job: event.job,
    attempt,
    maxAttempts,
    lastAttempt: attempt !== null && maxAttempts !== null && attempt >= maxAttempts,
    secretIndex,
    ...(claimAttempt === undefined ? undefined : { claimAttempt }),
  };
}
