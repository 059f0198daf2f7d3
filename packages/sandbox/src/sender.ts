import type { DeliveryRecord, Outgoing } from "./delivery/outgoing.ts";
import type { Route } from "./http/router.ts";
import type { JobChange, SandboxJob } from "./job.ts";
import type { JobLife, SandboxSettings } from "./settings.ts";

/** What a sender needs of the sandbox. */
export interface SandboxHost {
  readonly settings: () => SandboxSettings;
  /** The sandbox's own address. */
  readonly origin: () => string;
  /** Whether this API key is let in. */
  readonly accepts: (apiKey: string) => boolean;
  /** Whether this key may manage AI Stats' endpoints. */
  readonly acceptsManagement: (managementKey: string) => boolean;
  readonly deliver: (outgoing: Outgoing) => void;
  readonly records: () => readonly DeliveryRecord[];
  /** Lets a job live; `announce` is called after each step. */
  readonly start: (job: SandboxJob, life: JobLife, announce: (step: JobChange) => void) => void;
}

/** One sender's side: what it answers. */
export interface SandboxSender {
  readonly routes: readonly Route[];
}
