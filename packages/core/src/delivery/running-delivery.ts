import type { Delivery } from "../delivery.ts";
import type { Trusted } from "../reading/trust.ts";
import { toHeaders } from "../request/headers.ts";
import type { Commit } from "./commit.ts";
import type { Held } from "./held.ts";
import type { Lease } from "./lease.ts";

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
  readonly replay: Trusted["replay"];
  readonly rawBody: Uint8Array;
  readonly commit: Delivery<never>["commit"];
  readonly #headers: Trusted["headers"];
  readonly #lease: Lease;

  constructor({ trusted, claimAttempt }: Held, lease: Lease, commit: Commit) {
    this.key = trusted.key;
    this.attempt = trusted.attempt ?? claimAttempt;
    this.maxAttempts = trusted.maxAttempts;
    this.lastAttempt = this.maxAttempts !== null && this.attempt >= this.maxAttempts;
    this.receivedAt = new Date(trusted.receivedAt);
    this.replay = trusted.replay;
    this.rawBody = trusted.body;
    this.commit = commit.run;
    this.#headers = trusted.headers;
    this.#lease = lease;
  }

  get headers(): Headers {
    return toHeaders(this.#headers);
  }

  get signal(): AbortSignal {
    return this.#lease.signal();
  }
}
