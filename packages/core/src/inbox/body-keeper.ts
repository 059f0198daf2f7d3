import type { WebhookEvent } from "../event.ts";
import type { Handshake, Provider } from "../provider.ts";
import type { Trusted } from "../reading/trust.ts";
import type { MaybePromise } from "../shared/maybe-promise.ts";
import type { BodyCipher } from "./body-cipher.ts";
import type { InboxSettings } from "./inbox-settings.ts";
import type { InboxRecord } from "./inbox-store.ts";
import { headersRead, keepHeaders } from "./kept-headers.ts";
import { type KeptRequest, packRequest, unpackRequest } from "./kept-request.ts";

/** Decides what becomes of a delivery's body, and makes what a store keeps of it. */
export interface BodyKeeper {
  /** At once where nothing is kept: so most deliveries end. */
  ofSuccess(trusted: Trusted): MaybePromise<InboxRecord["body"]>;
  ofFailure(trusted: Trusted): Promise<InboxRecord["body"]>;
  /** What was kept; undefined where it cannot be read: it may need another key. */
  open(key: string, kept: Uint8Array): Promise<KeptRequest | undefined>;
}

export function createBodyKeeper(
  provider: Provider<WebhookEvent, Handshake>,
  settings: Pick<InboxSettings, "body" | "headers">,
  cipher: BodyCipher,
): BodyKeeper {
  async function keep(trusted: Trusted): Promise<InboxRecord["body"]> {
    try {
      const { key, receivedAt, secretIndex, replayKey } = trusted;
      const headers = [
        ...new Map([...keepHeaders(trusted.headers, settings.headers), ...headersRead(provider, trusted)]),
      ];
      const packed = packRequest({ receivedAt, secretIndex, replayKey, headers, body: trusted.body });
      return cipher.encrypts ? await cipher.seal(key, packed) : packed;
    } catch {
      // What people can find out must not keep a delivery from being marked or given back.
      return "keep";
    }
  }
  return {
    ofSuccess: (trusted) => (settings.body === "all" ? keep(trusted) : "drop"),
    ofFailure: async (trusted) => (settings.body === "none" ? "drop" : keep(trusted)),
    async open(key, kept) {
      const packed = await cipher.open(key, kept);
      return packed === undefined ? undefined : unpackRequest(packed);
    },
  };
}
