import { aiStatsSender } from "./senders/ai-stats.ts";
import { anthropicSender } from "./senders/anthropic.ts";
import { clerkSender } from "./senders/clerk.ts";
import { creativeaiSender } from "./senders/creativeai.ts";
import { geminiSender } from "./senders/gemini.ts";
import { githubSender } from "./senders/github.ts";
import { openaiSender } from "./senders/openai.ts";
import { openrouterSender } from "./senders/openrouter.ts";
import { polarSender } from "./senders/polar.ts";
import { recallSender } from "./senders/recall.ts";
import { replicateSender } from "./senders/replicate.ts";
import { resendSender } from "./senders/resend.ts";
import type { HmacSender, Sender } from "./senders/sender.ts";
import { supabaseSender } from "./senders/supabase.ts";
import { videogenSender } from "./senders/videogen.ts";
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
  anthropicSender(),
  clerkSender(),
  geminiSender(),
  openaiSender(),
  openrouterSender(),
  polarSender(),
  recallSender(),
  replicateSender(),
  resendSender(),
  supabaseSender(),
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
