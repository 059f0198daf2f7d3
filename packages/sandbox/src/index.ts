export type { DeliveryRecord } from "./delivery/outgoing.ts";
export type { JobChange, SandboxJob, SandboxJobStatus } from "./job.ts";
export type { SandboxDelivery } from "./senders/any-sender.ts";
export type { VideogenEmission, VideogenKind, VideogenStart } from "./senders/videogen.ts";
export type {
  AiStatsVersion,
  Faults,
  JobLife,
  JobOutcome,
  SandboxSettings,
  SandboxSettingsChange,
} from "./settings.ts";
export { type Sandbox, type SandboxJobView, type SandboxOptions, startSandbox } from "./start-sandbox.ts";
