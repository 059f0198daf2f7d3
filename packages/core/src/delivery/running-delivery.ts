import type { Delivery } from "../delivery.ts";
import { toHeaders } from "../request/headers.ts";
import type { Commit } from "./commit.ts";
import type { Lease } from "./lease.ts";
import type { ClaimedDelivery } from "./run-delivery.ts";

/**
 * What `persist` is shown of the delivery that it runs for. Headers and signal are made when they are asked for. A
 * class, since accessors in an object literal give each object a hidden class of its own, which outlives the request
 * with all that it refers to.
 */
export class RunningDelivery implements Delivery<never> {
  readonly key: string;
  readonly attempt: number;
  readonly maxAttempts: number | null;
  readonly lastAttempt: boolean;
  readonly receivedAt: Date;
  readonly rawBody: Uint8Array;
  readonly commit: Delivery<never>["commit"];
  readonly #headers: ClaimedDelivery["headers"];
  readonly #lease: Lease;

  constructor(delivery: ClaimedDelivery, lease: Lease, commit: Commit) {
    const { acquired, reading, headers, body, receivedAt, policyMaxAttempts } = delivery;
    this.key = acquired.claims[0].key;
    this.attempt = reading.attempt ?? acquired.attempt;
    this.maxAttempts = reading.maxAttempts ?? policyMaxAttempts;
    this.lastAttempt = this.maxAttempts !== null && this.attempt >= this.maxAttempts;
    this.receivedAt = new Date(receivedAt);
    this.rawBody = body;
    this.commit = commit.run;
    this.#headers = headers;
    this.#lease = lease;
  }

  get headers(): Headers {
    return toHeaders(this.#headers);
  }

  get signal(): AbortSignal {
    return this.#lease.signal();
  }
}
