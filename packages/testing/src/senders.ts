import { aiStatsSender } from "./senders/ai-stats.ts";
import { anthropicSender } from "./senders/anthropic.ts";
import { assemblyaiSender } from "./senders/assemblyai.ts";
import { clerkSender } from "./senders/clerk.ts";
import { cloudflareStreamSender } from "./senders/cloudflare-stream.ts";
import { creativeaiSender } from "./senders/creativeai.ts";
import { deepgramSender } from "./senders/deepgram.ts";
import { discordSender } from "./senders/discord.ts";
import { elevenlabsSender } from "./senders/elevenlabs.ts";
import { falSender } from "./senders/fal.ts";
import { firecrawlSender } from "./senders/firecrawl.ts";
import { geminiSender } from "./senders/gemini.ts";
import { githubSender } from "./senders/github.ts";
import { heygenSender } from "./senders/heygen.ts";
import { ideogramSender } from "./senders/ideogram.ts";
import { lemonSqueezySender } from "./senders/lemon-squeezy.ts";
import { leonardoSender } from "./senders/leonardo.ts";
import { linearSender } from "./senders/linear.ts";
import { livekitSender } from "./senders/livekit.ts";
import { lumaSender } from "./senders/luma.ts";
import { metaSender } from "./senders/meta.ts";
import { muxSender } from "./senders/mux.ts";
import { openaiSender } from "./senders/openai.ts";
import { openrouterSender } from "./senders/openrouter.ts";
import { paddleSender } from "./senders/paddle.ts";
import { polarSender } from "./senders/polar.ts";
import { pubsubSender } from "./senders/pubsub.ts";
import { qstashSender } from "./senders/qstash.ts";
import { recallSender } from "./senders/recall.ts";
import { replicateSender } from "./senders/replicate.ts";
import { resendSender } from "./senders/resend.ts";
import { retellSender } from "./senders/retell.ts";
import type { HmacSender, Sender } from "./senders/sender.ts";
import { shopifySender } from "./senders/shopify.ts";
import { slackSender } from "./senders/slack.ts";
import { squareSender } from "./senders/square.ts";
import { stripeSender } from "./senders/stripe.ts";
import { supabaseSender } from "./senders/supabase.ts";
import { synthesiaSender } from "./senders/synthesia.ts";
import { twilioSender } from "./senders/twilio.ts";
import { vercelSender } from "./senders/vercel.ts";
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
  assemblyaiSender(),
  clerkSender(),
  cloudflareStreamSender(),
  deepgramSender(),
  discordSender(),
  elevenlabsSender(),
  falSender(),
  firecrawlSender(),
  geminiSender(),
  heygenSender(),
  ideogramSender(),
  lemonSqueezySender(),
  leonardoSender(),
  linearSender(),
  livekitSender(),
  lumaSender(),
  metaSender(),
  muxSender(),
  openaiSender(),
  openrouterSender(),
  paddleSender(),
  polarSender(),
  pubsubSender(),
  qstashSender(),
  recallSender(),
  replicateSender(),
  resendSender(),
  retellSender(),
  shopifySender(),
  slackSender(),
  squareSender(),
  stripeSender(),
  supabaseSender(),
  synthesiaSender(),
  twilioSender(),
  vercelSender(),
  zoomSender(),
];
