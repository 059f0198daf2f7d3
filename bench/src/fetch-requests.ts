import { signStandardWebhooks, toRequest } from "@latchhook/testing";
import { bodyOf } from "./bodies.ts";
import { benchSecret } from "./path-servers.ts";

/** Handles so many requests; each is signed, and a delivery of its own. */
export type HandleRequests = (
  count: number,
  handle: (request: Request) => Promise<Response>,
) => Promise<void>;

/** Makes Fetch requests of one size in this process, and has them handled. */
export function fetchRequests(size: number): HandleRequests {
  const body = bodyOf(size);
  let id = 0;
  const makeRequest = (): Request =>
    toRequest(
      signStandardWebhooks({ secret: benchSecret, id: `msg_${size}_${++id}`, body }),
      "http://localhost/",
    );
  return async function handleRequests(count, handle) {
    for (let done = 0; done < count; done++) {
      // Each in a turn of the event loop, as requests come: what a runtime keeps for the length of a turn would pile up.
      await new Promise((resolve) => setImmediate(resolve));
      const response = await handle(makeRequest());
      if (response.status !== 200) throw new Error(`answered ${response.status}`);
    }
  };
}

/** An answer to give where nothing is handled. */
export const answered = Response.json({ received: true });
