import * as z from "zod/mini";
import type { SenderEvent } from "../../define-sender.ts";

// Protocol buffers as JSON: members with their zero value are left out, and 64-bit numbers are text.
const text = z.nullish(z.string());
const room = z.looseObject({ sid: text, name: text, metadata: text });
const participant = z.looseObject({ sid: text, identity: text, name: text });

/** `event.data` of `room_*`, the whole signed body. */
export const livekitRoomEvent = z.looseObject({ room });
/** `event.data` of `participant_*`. */
export const livekitParticipantEvent = z.looseObject({ room: z.nullish(room), participant });
/** `event.data` of `track_*`. */
export const livekitTrackEvent = z.looseObject({
  room: z.nullish(room),
  participant: z.nullish(participant),
  track: z.looseObject({ sid: text, type: text, source: text }),
});
/** `event.data` of `egress_*`. Without a `status` it is starting. */
export const livekitEgressEvent = z.looseObject({
  egressInfo: z.looseObject({ egressId: z.string(), roomName: text, status: text, error: text }),
});
/** `event.data` of `ingress_*`. */
export const livekitIngressEvent = z.looseObject({
  ingressInfo: z.looseObject({ ingressId: z.string(), name: text }),
});

/** Each type that LiveKit sends, with the schema of its data. */
export const livekitEvents = {
  room_started: livekitRoomEvent,
  room_finished: livekitRoomEvent,
  participant_joined: livekitParticipantEvent,
  participant_left: livekitParticipantEvent,
  participant_connection_aborted: livekitParticipantEvent,
  track_published: livekitTrackEvent,
  track_unpublished: livekitTrackEvent,
  egress_started: livekitEgressEvent,
  egress_updated: livekitEgressEvent,
  egress_ended: livekitEgressEvent,
  ingress_started: livekitIngressEvent,
  ingress_ended: livekitIngressEvent,
};
export type LivekitEvent = SenderEvent<typeof livekitEvents>;
