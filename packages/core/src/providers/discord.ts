import { defineSender } from "../define-sender.ts";
import type { Handshake, Provider } from "../provider.ts";
import { dateFromIso, isJsonObject, objectMember } from "../reading/json.ts";
import { identityPart } from "../reading/key.ts";
import { matches } from "../reading/matches.ts";
import { ed25519KeyRing, ed25519Signature } from "../signatures/ed25519-signature.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { body, timestamp } from "../signatures/signed-content.ts";
import { repeatHorizonMs } from "../signatures/timestamp.ts";
import { interactionNames, isInteraction } from "./discord/interactions.ts";
import {
  type DiscordEvent,
  discordEventTypes,
  discordInteraction,
  discordWebhookEvent,
} from "./discord/payloads.ts";
import { pong } from "./discord/pong.ts";

export * from "./discord/payloads.ts";

export interface DiscordOptions {
  /** The application's public key, 64 hex digits. Default: the environment's `DISCORD_PUBLIC_KEY`. */
  readonly publicKey?: SecretOption | undefined;
  /** How far the signed timestamp may be from the clock, either way, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
}

/**
 * Discord: webhook events, and interactions over HTTP. Ed25519 over timestamp and body, with nothing between. Both kinds
 * of PING are answered: type 0 of webhook events with 204, type 1 of interactions with `{"type":1}`.
 *
 * Deliveries are answered 204. An interaction wants its answer within 3 s: give it in `persist`, through the callback
 * endpoint of Discord's API.
 *
 * @throws LatchhookError `missing-secret`, `invalid-secret` or `invalid-option`.
 */
export function discord(options: DiscordOptions = {}): Provider<DiscordEvent, Handshake> {
  const { publicKey, toleranceSeconds } = options;
  return defineSender<DiscordEvent, Handshake>({
    name: "discord",
    signature: ed25519Signature({
      provider: "discord",
      keys: ed25519KeyRing({ provider: "discord", publicKey, environmentVariable: "DISCORD_PUBLIC_KEY" }),
      headers: { signature: "x-signature-ed25519", timestamp: "x-signature-timestamp" },
      toleranceSeconds,
      content: [timestamp, body],
    }),
    // Documented: 3 s; webhook events come again, ever more slowly, for 10 minutes, interactions never. The pauses are
    // not documented: a second is assumed.
    policy: {
      timeoutMs: 3_000,
      shortestRetryGapMs: 1_000,
      retryHorizonMs: repeatHorizonMs(600_000, toleranceSeconds),
      maxAttempts: null,
    },
    successReply: { status: 204, contentType: "application/json", body: "" },
    ask: ({ value }) => pong(value),
    knows,
    read({ value, text }) {
      const id = identityPart(value.id);
      const event = objectMember(value.event);
      return {
        id: isInteraction(value) ? value.id : undefined,
        type: isInteraction(value) ? interactionNames.get(value.type) : event.type,
        data: value,
        occurredAt: dateFromIso(event.timestamp),
        identity: isInteraction(value) && id !== null ? ["interaction", id] : ["body", text],
      };
    },
  });
}

const eventNames: ReadonlySet<string> = new Set(discordEventTypes);

function knows(type: string, data: unknown): boolean {
  if (isJsonObject(data) && isInteraction(data)) return matches(discordInteraction, data);
  return eventNames.has(type) && matches(discordWebhookEvent, data);
}
