export {
  type AdapterContractOptions,
  type AdapterServer,
  adapterContract,
  type Earlier,
  type Serve,
} from "./adapter-contract/adapter-contract.ts";
export { listen } from "./adapter-contract/listen.ts";
export {
  type AiStatsEventType,
  type AiStatsPayload,
  type AiStatsPayloadOptions,
  aiStatsEventId,
  aiStatsPayload,
} from "./payloads/ai-stats-payload.ts";
export {
  type CreativeaiPayload,
  type CreativeaiPayloadOptions,
  creativeaiPayload,
} from "./payloads/creativeai-payload.ts";
export {
  type VideogenEventName,
  type VideogenPayload,
  type VideogenPayloadOptions,
  videogenPayload,
} from "./payloads/videogen-payload.ts";
export type {
  ContentToSign,
  ProviderContractOptions,
  ProviderSample,
  ProviderVector,
  SignedSample,
} from "./provider-contract/options.ts";
export { providerContract } from "./provider-contract/provider-contract.ts";
export { type AiStatsMetadata, type SignAiStatsOptions, signAiStats } from "./senders/ai-stats.ts";
export { type SignAnthropicOptions, signAnthropic } from "./senders/anthropic.ts";
export { type SignAssemblyaiOptions, signAssemblyai } from "./senders/assemblyai.ts";
export { type SignClerkOptions, signClerk } from "./senders/clerk.ts";
export { type SignCloudflareStreamOptions, signCloudflareStream } from "./senders/cloudflare-stream.ts";
export { type CreativeaiMetadata, type SignCreativeaiOptions, signCreativeai } from "./senders/creativeai.ts";
export { type SignDeepgramOptions, signDeepgram } from "./senders/deepgram.ts";
export { discordPublicKey, type SignDiscordOptions, signDiscord } from "./senders/discord.ts";
export { type SignElevenlabsOptions, signElevenlabs } from "./senders/elevenlabs.ts";
export { type SignFalOptions, signFal } from "./senders/fal.ts";
export { type SignFirecrawlOptions, signFirecrawl } from "./senders/firecrawl.ts";
export { type SignGeminiOptions, signGemini } from "./senders/gemini.ts";
export { type SignGithubOptions, signGithub } from "./senders/github.ts";
export { type SignHeygenOptions, signHeygen } from "./senders/heygen.ts";
export { type SignedPart, type SignHmacOptions, signHmac } from "./senders/hmac.ts";
export { type SignIdeogramOptions, signIdeogram } from "./senders/ideogram.ts";
export { type SignLemonSqueezyOptions, signLemonSqueezy } from "./senders/lemon-squeezy.ts";
export { type SignLeonardoOptions, signLeonardo } from "./senders/leonardo.ts";
export { type SignLinearOptions, signLinear } from "./senders/linear.ts";
export { type SignLivekitOptions, signLivekit } from "./senders/livekit.ts";
export { type SignLumaOptions, signLuma } from "./senders/luma.ts";
export { type SignMetaOptions, signMeta } from "./senders/meta.ts";
export { type SignMuxOptions, signMux } from "./senders/mux.ts";
export { type SignOpenaiOptions, signOpenai } from "./senders/openai.ts";
export { type SignOpenrouterOptions, signOpenrouter } from "./senders/openrouter.ts";
export { type SignPaddleOptions, signPaddle } from "./senders/paddle.ts";
export { type SignPolarOptions, signPolar } from "./senders/polar.ts";
export { publishedKeys } from "./senders/published-keys.ts";
export { type SignPubsubOptions, signPubsub } from "./senders/pubsub.ts";
export { type SignQstashOptions, signQstash } from "./senders/qstash.ts";
export { type SignRecallOptions, signRecall } from "./senders/recall.ts";
export { type SignReplicateOptions, signReplicate } from "./senders/replicate.ts";
export { type SignResendOptions, signResend } from "./senders/resend.ts";
export { type SignRetellOptions, signRetell } from "./senders/retell.ts";
export type { HmacSender, Sender, SenderContent, SenderMembers } from "./senders/sender.ts";
export { type SignShopifyOptions, signShopify } from "./senders/shopify.ts";
export { type SignSlackOptions, signSlack } from "./senders/slack.ts";
export { type SignSquareOptions, signSquare } from "./senders/square.ts";
export {
  type SignStandardWebhooksOptions,
  type StandardWebhooksDelivery,
  signStandardWebhooks,
} from "./senders/standard-webhooks.ts";
export { type SignStripeOptions, signStripe } from "./senders/stripe.ts";
export { type SignSupabaseOptions, signSupabase } from "./senders/supabase.ts";
export { type SignSynthesiaOptions, signSynthesia } from "./senders/synthesia.ts";
export { type SignTwilioOptions, signTwilio } from "./senders/twilio.ts";
export { type SignVercelOptions, signVercel } from "./senders/vercel.ts";
export { type SignVideogenOptions, signVideogen } from "./senders/videogen.ts";
export { type SignZoomOptions, signZoom } from "./senders/zoom.ts";
export { hmacSenders, senders } from "./senders.ts";
export { type SignedWebhook, targetUrl, toRequest, type WebhookBody } from "./signed-webhook.ts";
export type { ContractCase, SkippedCase } from "./store-contract/contract-case.ts";
export type {
  StoreClock,
  StoreContractOptions,
  StoreFixture,
  TransactionHooks,
} from "./store-contract/options.ts";
export { storeContract } from "./store-contract/store-contract.ts";
export { type StoreModelOptions, storeModel } from "./store-contract/store-model.ts";
