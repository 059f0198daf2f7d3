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
export { type SignAssemblyaiOptions, signAssemblyai } from "./senders/assemblyai.ts";
export { type CreativeaiMetadata, type SignCreativeaiOptions, signCreativeai } from "./senders/creativeai.ts";
export { type SignDeepgramOptions, signDeepgram } from "./senders/deepgram.ts";
export { discordPublicKey, type SignDiscordOptions, signDiscord } from "./senders/discord.ts";
export { type SignFirecrawlOptions, signFirecrawl } from "./senders/firecrawl.ts";
export { type SignGithubOptions, signGithub } from "./senders/github.ts";
export { type SignHeygenOptions, signHeygen } from "./senders/heygen.ts";
export { type SignedPart, type SignHmacOptions, signHmac } from "./senders/hmac.ts";
export { type SignLemonSqueezyOptions, signLemonSqueezy } from "./senders/lemon-squeezy.ts";
export { type SignLeonardoOptions, signLeonardo } from "./senders/leonardo.ts";
export { type SignLinearOptions, signLinear } from "./senders/linear.ts";
export { type SignLumaOptions, signLuma } from "./senders/luma.ts";
export { type SignMetaOptions, signMeta } from "./senders/meta.ts";
export type { HmacSender, Sender, SenderContent, SenderMembers } from "./senders/sender.ts";
export { type SignShopifyOptions, signShopify } from "./senders/shopify.ts";
export { type SignStandardWebhooksOptions, signStandardWebhooks } from "./senders/standard-webhooks.ts";
export { type SignVercelOptions, signVercel } from "./senders/vercel.ts";
export { type SignVideogenOptions, signVideogen } from "./senders/videogen.ts";
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
