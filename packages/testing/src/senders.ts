import { aiStatsSender } from "./senders/ai-stats.ts";
import { cloudflareStreamSender } from "./senders/cloudflare-stream.ts";
import { creativeaiSender } from "./senders/creativeai.ts";
import { elevenlabsSender } from "./senders/elevenlabs.ts";
import { githubSender } from "./senders/github.ts";
import { muxSender } from "./senders/mux.ts";
import { paddleSender } from "./senders/paddle.ts";
import { retellSender } from "./senders/retell.ts";
import type { HmacSender, Sender } from "./senders/sender.ts";
import { slackSender } from "./senders/slack.ts";
import { stripeSender } from "./senders/stripe.ts";
import { synthesiaSender } from "./senders/synthesia.ts";
import { videogenSender } from "./senders/videogen.ts";
import { zoomSender } from "./senders/zoom.ts";

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
  cloudflareStreamSender(),
  elevenlabsSender(),
  muxSender(),
  paddleSender(),
  retellSender(),
  slackSender(),
  stripeSender(),
  synthesiaSender(),
  zoomSender(),
];
