import { aiStatsSender } from "./senders/ai-stats.ts";
import { assemblyaiSender } from "./senders/assemblyai.ts";
import { creativeaiSender } from "./senders/creativeai.ts";
import { deepgramSender } from "./senders/deepgram.ts";
import { discordSender } from "./senders/discord.ts";
import { firecrawlSender } from "./senders/firecrawl.ts";
import { githubSender } from "./senders/github.ts";
import { heygenSender } from "./senders/heygen.ts";
import { lemonSqueezySender } from "./senders/lemon-squeezy.ts";
import { leonardoSender } from "./senders/leonardo.ts";
import { linearSender } from "./senders/linear.ts";
import { lumaSender } from "./senders/luma.ts";
import { metaSender } from "./senders/meta.ts";
import type { HmacSender, Sender } from "./senders/sender.ts";
import { shopifySender } from "./senders/shopify.ts";
import { vercelSender } from "./senders/vercel.ts";
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
  assemblyaiSender(),
  deepgramSender(),
  discordSender(),
  firecrawlSender(),
  heygenSender(),
  lemonSqueezySender(),
  leonardoSender(),
  linearSender(),
  lumaSender(),
  metaSender(),
  shopifySender(),
  vercelSender(),
];
