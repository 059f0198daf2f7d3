import { aiStatsSender } from "./senders/ai-stats.ts";
import { creativeaiSender } from "./senders/creativeai.ts";
import { falSender } from "./senders/fal.ts";
import { githubSender } from "./senders/github.ts";
import { ideogramSender } from "./senders/ideogram.ts";
import { livekitSender } from "./senders/livekit.ts";
import { pubsubSender } from "./senders/pubsub.ts";
import { qstashSender } from "./senders/qstash.ts";
import type { HmacSender, Sender } from "./senders/sender.ts";
import { squareSender } from "./senders/square.ts";
import { twilioSender } from "./senders/twilio.ts";
import { videogenSender } from "./senders/videogen.ts";

/** Senders with one HMAC in a header of its own, AI Stats under both families of its headers. Each scheme is there. */
export const hmacSenders: readonly HmacSender[] = [
  aiStatsSender("ai-stats"),
  aiStatsSender("phaseo"),
  videogenSender(),
  creativeaiSender(),
  githubSender(),
];

/** Every sender that latchhook has a provider of its own for. */
export const senders: readonly Sender[] = [
  ...hmacSenders,
  falSender(),
  ideogramSender(),
  livekitSender(),
  pubsubSender(),
  qstashSender(),
  squareSender(),
  twilioSender(),
];
