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
export { type CreativeaiMetadata, type SignCreativeaiOptions, signCreativeai } from "./senders/creativeai.ts";
export { type SignGithubOptions, signGithub } from "./senders/github.ts";
export { type SignedPart, type SignHmacOptions, signHmac } from "./senders/hmac.ts";
export type { HmacSender, Sender, SenderContent, SenderMembers } from "./senders/sender.ts";
export { type SignStandardWebhooksOptions, signStandardWebhooks } from "./senders/standard-webhooks.ts";
export { type SignVideogenOptions, signVideogen } from "./senders/videogen.ts";
export { hmacSenders, senders } from "./senders.ts";
export { type SignedWebhook, toRequest, type WebhookBody } from "./signed-webhook.ts";
export type { ContractCase, SkippedCase } from "./store-contract/contract-case.ts";
export type {
  StoreClock,
  StoreContractOptions,
  StoreFixture,
  TransactionHooks,
} from "./store-contract/options.ts";
export { storeContract } from "./store-contract/store-contract.ts";
export { type StoreModelOptions, storeModel } from "./store-contract/store-model.ts";
