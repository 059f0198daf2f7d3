import type { WebhookEvent } from "../event.ts";
import type { Handshake, Provider } from "../provider.ts";
import type { InboxSettings } from "./inbox-settings.ts";

/** Whose deliveries are kept, and how. */
export interface Endpoint {
  readonly provider: Provider<WebhookEvent, Handshake>;
  readonly scope: string;
  readonly settings: InboxSettings;
}
