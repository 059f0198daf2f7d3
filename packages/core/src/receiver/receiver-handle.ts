import type { Inbox } from "../inbox.ts";
import type { ReceiverDescription } from "./describe-receiver.ts";

/** What every adapter's handler has beside the handling of requests. */
export interface ReceiverHandle {
  /** Waits for the deliveries in flight; from now on everything is answered 503. */
  close(): Promise<void>;
  /**
   * What happened to the deliveries; undefined where the option `inbox` is not set. Of a handler whose options a function
   * makes, also until the first request has made them, and always where they are made for each request.
   */
  readonly inbox: Inbox | undefined;
  /** How the receiver is configured, without secrets; undefined until a function has made its options. */
  describe(): ReceiverDescription | undefined;
}

/** The handler with what belongs to its receiver. `inbox` is looked up each time, for it may come later. */
export function withReceiver<Handler extends (...parameters: never[]) => unknown>(
  handler: Handler,
  receiver: ReceiverHandle,
): Handler & ReceiverHandle {
  const { close, describe } = receiver;
  Object.defineProperty(handler, "inbox", { get: () => receiver.inbox, enumerable: true });
  return Object.assign(handler as Handler & Pick<ReceiverHandle, "inbox">, { close, describe });
}
