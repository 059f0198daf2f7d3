/**
 * The senders, in Web Crypto and apart from the packages under test, so that the same file runs everywhere and shares
 * no mistake with them.
 */
export interface SignedDelivery {
  readonly headers: Record<string, string>;
  readonly body: string;
}

export const secrets = {
  aiStats: "whsec_smoke_123",
  videogen: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  creativeai: "sk_smoke_456",
};

const encoder = new TextEncoder();

/** The clock of the senders, in Unix seconds. */
export function unixSeconds(ageSeconds = 0): string {
  return String(Math.floor(Date.now() / 1000) - ageSeconds);
}

export async function signAiStats(jobId: string, timestamp = unixSeconds()): Promise<SignedDelivery> {
  const body = JSON.stringify({
    id: `evt_video_${jobId}_video_completed`,
    type: "video.completed",
    created_at: Number(timestamp),
    delivery: { key: "video.completed", attempt: 1, max_attempts: 4 },
    data: { id: jobId, object: "video", status: "completed", prompt: "日の出 🌅" },
  });
  const signature = hex(await hmac(encoder.encode(secrets.aiStats), `${timestamp}.${body}`));
  return { body, headers: { "x-ai-stats-timestamp": timestamp, "x-ai-stats-signature": signature } };
}

export async function signVideogen(executionId: string, timestamp = unixSeconds()): Promise<SignedDelivery> {
  const id = `msg_${executionId}`;
  const body = JSON.stringify({
    event: "tool_execution.succeeded",
    toolExecutionId: executionId,
    toolType: "generate_video",
    occurredAt: Number(timestamp),
    results: [{ fileId: "file_1", type: "video" }],
  });
  const key = decodeBase64(secrets.videogen.slice("whsec_".length));
  const signature = encodeBase64(await hmac(key, `${id}.${timestamp}.${body}`));
  return {
    body,
    headers: { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` },
  };
}

export async function signCreativeai(
  generationId: string,
  completedAt = new Date(),
): Promise<SignedDelivery> {
  const body = JSON.stringify({
    id: generationId,
    object: "video.generation",
    status: "completed",
    output_url: null,
    completed_at: completedAt.toISOString(),
  });
  const signature = hex(await hmac(encoder.encode(secrets.creativeai), body));
  return { body, headers: { "x-creativeai-signature": `sha256=${signature}` } };
}

/** The same delivery with one digit of its signature changed. */
export function forge({ headers, body }: SignedDelivery): SignedDelivery {
  const [name, signature] = Object.entries(headers).find(([header]) => header.endsWith("-signature")) ?? [];
  if (name === undefined || signature === undefined) throw new Error("nothing to forge");
  const middle = signature.length - 8;
  const changed = signature[middle] === "0" ? "1" : "0";
  return {
    body,
    headers: { ...headers, [name]: signature.slice(0, middle) + changed + signature.slice(middle + 1) },
  };
}

export function toRequest({ headers, body }: SignedDelivery, path = "/webhook"): Request {
  return new Request(`http://127.0.0.1${path}`, { method: "POST", headers, body: encoder.encode(body) });
}

async function hmac(key: Uint8Array<ArrayBuffer>, content: string): Promise<Uint8Array> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, encoder.encode(content)));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function encodeBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
