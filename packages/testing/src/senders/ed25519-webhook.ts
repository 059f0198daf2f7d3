import { createHash, sign } from "node:crypto";
import { type SignedWebhook, unixSeconds } from "../signed-webhook.ts";
import { importPrivateKey } from "./private-key.ts";

/** What fal and Ideogram sign, and how they name it. */
export interface Ed25519Content {
  /** What the headers' names begin with, and how that of the id goes on. */
  readonly prefix: string;
  readonly idName: string;
  readonly privateKey: string;
  readonly id: string;
  readonly userId: string;
  readonly timestamp: number | string | undefined;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Hex Ed25519 over id, user id, time and the body's hash, a line each. */
export function signEd25519(content: Ed25519Content): SignedWebhook {
  const { prefix, idName, privateKey, id, userId, timestamp = unixSeconds(), body } = content;
  const hash = createHash("sha256").update(body).digest("hex");
  const lines = [id, userId, timestamp, hash].join("\n");
  return {
    method: "POST",
    headers: {
      "content-type": "application/json",
      [`${prefix}-${idName}`]: id,
      [`${prefix}-user-id`]: userId,
      [`${prefix}-timestamp`]: String(timestamp),
      [`${prefix}-signature`]: sign(null, Buffer.from(lines), importPrivateKey(privateKey)).toString("hex"),
    },
    body,
  };
}
