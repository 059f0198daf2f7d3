import type { WebhookEvent } from "../event.ts";
import type { Handshake, Provider, Refusal, SignedRequest } from "../provider.ts";
import type { HeaderSource } from "../request/headers.ts";
import { andThen, type MaybePromise } from "../shared/maybe-promise.ts";
import { deliveryKey } from "./key.ts";

/**
 * How a delivery came here: over HTTP from its sender, from an answer to our own question about a job, or out of what
 * was kept of an earlier one.
 */
export type DeliverySource = "http" | "reconcile" | "replay";

/** Somebody asked for a delivery to run again. */
export interface Replay {
  /** Who, as they were named. */
  readonly actor: string;
  /** When they asked. */
  readonly at: Date;
  /** Whether it was to run even if it is done: its effect may then be there already. */
  readonly forced: boolean;
}

/** A delivery whose content is to be believed: what it says, and by which keys a store knows it. */
export interface Trusted<Event extends WebhookEvent = WebhookEvent> {
  readonly ok: true;
  /** The event. Its id is the delivery key where the sender signed none. */
  readonly event: Event;
  /** The delivery key: 64 lower-case hex digits. */
  readonly key: string;
  /** The signature's own key, where the identity rests on an unsigned header; it is claimed as well. */
  readonly replayKey: string | null;
  /** The sender's own, signed attempt number, where it has one. */
  readonly attempt: number | null;
  /** How many attempts the sender makes, by the delivery itself or by its policy. */
  readonly maxAttempts: number | null;
  /** Which of the configured secrets verified it, counted from 0; null where it is believed for another reason. */
  readonly secretIndex: number | null;
  readonly source: DeliverySource;
  /** Null where nobody replays it. */
  readonly replay: Replay | null;
  /** True where nothing that is signed limits a replay in time: its record is then kept for good. */
  readonly undated: boolean;
  readonly headers: HeaderSource;
  readonly body: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
}

/** Why a delivery is to be believed. */
export interface Grounds {
  readonly source: DeliverySource;
  readonly secretIndex: number | null;
  /** Separates endpoints that share a store and a provider. */
  readonly scope: string;
  /** Of a replay: who asked for it, and the keys as they were when its headers were still there. */
  readonly replay?: (Replay & Pick<Trusted, "key" | "replayKey">) | undefined;
}

/**
 * Reads content that is to be believed, because its signature was verified or because we asked for it ourselves, and
 * derives its keys.
 *
 * @returns a refusal where the content cannot be read, or contradicts itself; a handshake where it is no delivery.
 */
export function trust<Event extends WebhookEvent>(
  provider: Provider<Event, Handshake>,
  request: SignedRequest & { readonly receivedAt: number },
  grounds: Grounds,
): MaybePromise<Trusted<Event> | Refusal | Handshake> {
  const reading = provider.read(request);
  if (!reading.ok) return reading;
  const { source, secretIndex, scope, replay } = grounds;
  const { event, identity, replayIdentity } = reading;
  const toTrusted = (key: string, replayKey: string | null): Trusted<Event> => ({
    ok: true,
    event: event.id === "" ? { ...event, id: key } : event,
    key,
    replayKey,
    attempt: reading.attempt ?? null,
    maxAttempts: reading.maxAttempts ?? provider.policy.maxAttempts,
    secretIndex,
    source,
    replay: replay === undefined ? null : { actor: replay.actor, at: replay.at, forced: replay.forced },
    undated: reading.undated === true,
    headers: request.headers,
    body: request.body,
    receivedAt: request.receivedAt,
  });
  if (replay !== undefined) return toTrusted(replay.key, replay.replayKey);
  return andThen(deliveryKey(scope, provider.name, identity), (key): MaybePromise<Trusted<Event>> => {
    if (replayIdentity === undefined) return toTrusted(key, null);
    return andThen(deliveryKey(scope, provider.name, replayIdentity), (replayKey) =>
      toTrusted(key, replayKey),
    );
  });
}
