import type { WebhookEvent } from "../event.ts";
import type { Provider, Reading } from "../provider.ts";
import { andThen, type MaybePromise } from "../shared/maybe-promise.ts";
import { deliveryKey } from "./key.ts";

/** An event that has its id, and the keys to claim for it. */
export interface IdentifiedEvent<Event extends WebhookEvent> {
  readonly event: Event;
  /** The delivery key, and the signature's where the provider asks for it. */
  readonly keys: readonly [string, ...string[]];
}

/** Derives the keys of a delivery; the delivery key is the event's id where the sender signed none. */
export function identifyEvent<Event extends WebhookEvent>(
  scope: string,
  provider: Provider<Event>,
  { event, identity, replayIdentity }: Reading<Event>,
): MaybePromise<IdentifiedEvent<Event>> {
  return andThen(deliveryKey(scope, provider.name, identity), (key): MaybePromise<IdentifiedEvent<Event>> => {
    const identified = event.id === "" ? { ...event, id: key } : event;
    if (replayIdentity === undefined) return { event: identified, keys: [key] };
    return andThen(deliveryKey(scope, provider.name, replayIdentity), (replayKey) => ({
      event: identified,
      keys: [key, replayKey],
    }));
  });
}
