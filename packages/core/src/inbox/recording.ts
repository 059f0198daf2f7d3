import type { Passage } from "../delivery/passage.ts";
import type { Outcome, OutcomeCode } from "../outcome.ts";
import type { Trusted } from "../reading/trust.ts";
import { andThen, type MaybePromise } from "../shared/maybe-promise.ts";
import { toAttemptRecord } from "./attempt-record.ts";
import type { BodyKeeper } from "./body-keeper.ts";
import { toDeliveryRecord } from "./delivery-record.ts";
import type { Endpoint } from "./endpoint.ts";
import type { InboxRecord } from "./inbox-store.ts";
import type { Note } from "./note-queue.ts";

/** Makes a record at the moment when it is written. */
export type MakeRecord = () => InboxRecord;

type KeptBody = InboxRecord["body"];

/** What the inbox keeps of one attempt of a delivery. A class, for one is made per delivery. */
export class Recording {
  readonly #endpoint: Endpoint;
  readonly #bodies: BodyKeeper;
  readonly #trusted: Trusted;
  readonly #passage: Passage;
  /** Whether a record of it was asked for, and as what it was then written. */
  #asked = false;
  #written: OutcomeCode | undefined;

  constructor(endpoint: Endpoint, bodies: BodyKeeper, trusted: Trusted, passage: Passage) {
    this.#endpoint = endpoint;
    this.#bodies = bodies;
    this.#trusted = trusted;
    this.#passage = passage;
  }

  /** How many bytes a note of this attempt holds until it is written. */
  get bodyBytes(): number {
    return this.#trusted.body.byteLength;
  }

  /** For the mark "done". Encrypts first, where that is needed. */
  success(): MaybePromise<MakeRecord> {
    return andThen(
      this.#bodies.ofSuccess(this.#trusted),
      (body) => () => this.#record(this.#passage.outcome("processed"), body),
    );
  }

  /** For giving the delivery back. */
  async failure(outcome: Outcome): Promise<MakeRecord> {
    const body = await this.#bodies.ofFailure(this.#trusted);
    return () => this.#record(outcome, body);
  }

  /** Notes that the store has written a record. */
  wrote(code: OutcomeCode): void {
    this.#written = code;
  }

  /** Whether an outcome is still to be noted. */
  isUnwritten({ code }: Outcome): boolean {
    return this.#written !== code;
  }

  /** For what changed no claim. Made now, so that it does not hold the body. */
  note(outcome: Outcome): Note {
    const record = this.#toNote(outcome, "keep");
    return { bytes: 0, toRecord: async () => record };
  }

  /** The same with the body, which is kept where the delivery is new. */
  noteWithBody(outcome: Outcome): Note {
    const body = (): Promise<KeptBody> => this.#bodies.ofFailure(this.#trusted);
    return { bytes: this.bodyBytes, toRecord: async () => this.#toNote(outcome, await body()) };
  }

  #toNote(outcome: Outcome, body: KeptBody): InboxRecord {
    // What is written already, or is just being written when the deadline passes, was counted as a request.
    const counted = this.#written !== undefined || (this.#asked && outcome.code === "deadline-exceeded");
    return this.#toRecord(counted ? { ...outcome, late: true } : outcome, body);
  }

  #record(outcome: Outcome, body: KeptBody): InboxRecord {
    this.#asked = true;
    const answered = this.#passage.answeredStatus();
    if (answered === undefined) return this.#toRecord(outcome, body);
    return this.#toRecord({ ...outcome, status: answered, late: true }, body);
  }

  #toRecord(outcome: Outcome, body: KeptBody): InboxRecord {
    const { settings } = this.#endpoint;
    const late = outcome.late === true;
    return {
      delivery: toDeliveryRecord(this.#trusted, outcome.lastAttempt === true, this.#endpoint),
      attempt: toAttemptRecord(outcome, this.#trusted, { at: this.#passage.receivedAt, late }),
      state: stateOf(outcome),
      body,
      bodyRetainMs: settings.bodyRetainMs,
      retainMs: settings.retainMs,
    };
  }
}

function stateOf({ code }: Outcome): "done" | "failed" {
  return code === "processed" || code === "duplicate" ? "done" : "failed";
}
