import type { WebhookEvent } from "../event.ts";
import type { ReceiverOptions } from "../options.ts";
import type { Answer } from "../outcome.ts";
import type { StandardSchema } from "../reading/schema.ts";
import type { WebhookRequest } from "../request/request.ts";
import type { MaybePromise } from "../shared/maybe-promise.ts";
import type { ReceiverHandle } from "./receiver-handle.ts";

/** A receiver's options as a function makes them. */
export type MadeOptions<
  Event extends WebhookEvent = WebhookEvent,
  Transaction = never,
  Schema extends StandardSchema | undefined = undefined,
> = ReceiverOptions<Event, Transaction, Schema> & {
  /**
   * Ends what the function opened, such as a database client. Called once, when nothing uses it any more: on Workers
   * after the request and the work that outlives its answer, elsewhere by `close()`. It has 10 s; what it throws is
   * logged and changes nothing.
   */
  readonly dispose?: (() => unknown) | undefined;
};

/**
 * Makes options for options that are not there yet when the module is loaded: bindings of a Worker, or secrets that a
 * build must not need. Annotate its parameter where it has one, or TypeScript infers nothing else of it.
 */
export type MakeOptions<
  Event extends WebhookEvent,
  Transaction,
  Schema extends StandardSchema | undefined,
  Context,
> = (context: Context) => MaybePromise<MadeOptions<Event, Transaction, Schema>>;

/**
 * A receiver's options, or a function that makes them. It is called once, at the first request; on Workers for each
 * request, since a socket that one request opened is of no use to another.
 */
export type OptionsSource<
  Event extends WebhookEvent,
  Transaction,
  Schema extends StandardSchema | undefined,
  Context,
> = ReceiverOptions<Event, Transaction, Schema> | MakeOptions<Event, Transaction, Schema, Context>;

/** What an adapter wraps. */
export interface LazyReceiver<Context> extends ReceiverHandle {
  receive(request: WebhookRequest, context: Context): Promise<Answer>;
  /** Closes all receivers that were made, see {@link Receiver.close}, and disposes of what their options opened. */
  close(): Promise<void>;
}
