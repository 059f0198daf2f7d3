import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import type { SecretOption } from "@latchhook/core";
import { discord } from "@latchhook/core/providers/discord";
import { type SignedWebhook, toBytes, unixSeconds, type WebhookBody } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";

export interface SignDiscordOptions {
  /** The 32 bytes of an Ed25519 private key in hex; {@link discordPublicKey} gives the public one. */
  readonly privateKey: string;
  /** What is sent. Default: the webhook event of an app that was authorized. */
  readonly body?: WebhookBody | undefined;
  /** Unix seconds; text is signed and sent as it is. Default: now. */
  readonly timestamp?: number | string | undefined;
}

const authorized = (userId: string, occurredAt = new Date(), type = "APPLICATION_AUTHORIZED", data = {}) => ({
  version: 1,
  application_id: "1234560123453231555",
  type: 1,
  event: {
    type,
    timestamp: occurredAt.toISOString(),
    data: { integration_type: 1, user: { id: userId, username: "example" }, ...data },
  },
});

/**
 * A delivery of Discord: hex of the Ed25519 signature over timestamp and body, with nothing between.
 *
 * @example
 * const signed = signDiscord({ privateKey, body: { type: 2, id: "1", token: "example", data: { name: "ping" } } });
 */
export function signDiscord(options: SignDiscordOptions): SignedWebhook {
  const { privateKey, timestamp = unixSeconds() } = options;
  const body = toBytes(options.body ?? authorized("984494455217193041"));
  const content = Buffer.concat([Buffer.from(String(timestamp)), body]);
  return {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "user-agent": "Discord-Webhook/1.0 (+https://discord.com)",
      "x-signature-ed25519": sign(null, content, importPrivateKey(privateKey)).toString("hex"),
      "x-signature-timestamp": String(timestamp),
    },
    body,
  };
}

/** The public key of a private one, in hex: what Discord shows of an app. */
export function discordPublicKey(privateKey: string): string {
  const spki = createPublicKey(importPrivateKey(privateKey)).export({ format: "der", type: "spki" });
  return spki.subarray(-32).toString("hex");
}

/** The DER header of a PKCS #8 Ed25519 key (RFC 8410), before the 32 bytes of the seed. */
const pkcs8Header = Buffer.from("302e020100300506032b657004220420", "hex");

function importPrivateKey(privateKey: string): KeyObject {
  const key = Buffer.concat([pkcs8Header, Buffer.from(privateKey, "hex")]);
  return createPrivateKey({ key, format: "der", type: "pkcs8" });
}

/** Signing needs the private key, and verifying the public one: the row's secrets are private. */
function toPublicKeys(secret: SecretOption): SecretOption {
  if (typeof secret === "string") return toPublicKey(secret);
  if (typeof secret !== "function") return secret.map(toPublicKey);
  return async (request) => [await secret(request)].flat().map(toPublicKey);
}

/** What is no private key is passed on as it is, to be refused by the provider. */
function toPublicKey(secret: string): string {
  return /^[0-9a-f]{64}$/.test(secret) ? discordPublicKey(secret) : secret;
}

/** The row of the table of senders. */
export function discordSender(): Sender {
  const secrets = [
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
  ] as const;
  return {
    name: "discord",
    title: "Discord",
    factory: "discord",
    provider: "discord",
    environmentVariable: "DISCORD_PUBLIC_KEY",
    signedContent: "timestamp and body",
    makeProvider: ({ secret, toleranceSeconds }) =>
      discord({ publicKey: toPublicKeys(secret), toleranceSeconds }),
    secrets,
    signatureHeader: "x-signature-ed25519",
    payload: (jobId = "984494455217193041") => authorized(jobId),
    sign: (content = {}) => {
      const { secret = secrets[0], body, timestamp, jobId = "984494455217193041" } = content;
      const payload = authorized(jobId, content.occurredAt, content.type, content.data);
      return signDiscord({ privateKey: secret, timestamp, body: body ?? payload });
    },
  };
}
