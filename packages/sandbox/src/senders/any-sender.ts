import { randomBytes } from "node:crypto";
import type { Handshake, Provider, WebhookEvent } from "@latchhook/core";
import { type Sender, senders } from "@latchhook/testing";
import type { Outgoing, Schedule } from "../delivery/outgoing.ts";
import { loopbackUrl } from "../http/loopback-url.ts";
import type { SandboxHost } from "../sender.ts";

/** One delivery of any sender that `senders` of `@latchhook/testing` has, whether its API is played or not. */
export interface SandboxDelivery {
  /** The provider's name, as in that table. */
  readonly provider: string;
  /** The sender's name of the event, where it has several. Default: its row's usual one. */
  readonly type?: string | undefined;
  /** Where it goes: an http URL of this machine. */
  readonly to: string;
  /** Default: the first of the sender's secrets in the table. */
  readonly secret?: string | undefined;
  /** What it is about. Default: a new id. */
  readonly jobId?: string | undefined;
  /** Members to add to the sender's default payload. */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}

type AnyProvider = Provider<WebhookEvent, Handshake>;

/** Beyond every tolerance, and beyond the hour that a token can be valid. */
const staleSeconds = 7_200;
/** Older than a receiver believes a date in the content by default. */
const staleMs = 8 * 86_400_000;
/** How often a sender tries that does not say how often. */
const usualAttempts = 5;

/**
 * Sends one delivery as its sender would: signed anew for each attempt, with the sender's timeout and attempts, and its
 * shortest pause between them.
 *
 * @throws RangeError for a sender, an address or a secret that cannot be.
 */
export function sendDelivery(
  { deliver }: SandboxHost,
  {
    provider: name,
    type,
    to,
    secret,
    jobId = `job_${randomBytes(8).toString("hex")}`,
    data,
  }: SandboxDelivery,
): { readonly jobId: string } {
  const sender = senders.find((known) => known.name === name);
  if (sender === undefined) {
    throw new RangeError(`provider is one of ${senders.map((known) => known.name).join(", ")}.`);
  }
  const target = loopbackUrl(to);
  if (target === undefined) throw new RangeError("to must be an http URL of this machine.");
  const sign = signerOf(sender, { secret, type, jobId, data });
  const provider = providerOf(sender, secret);
  const reading = provider.read(sign(1, false));
  deliver({
    ...{ sender: name, jobId, url: target, sign, last: true, schedule: scheduleOf(provider) },
    type: reading.ok ? reading.event.type : "",
    undated: reading.ok && reading.undated === true,
    unsignedBody: sender.unsignedBody,
  });
  return { jobId };
}

function signerOf(
  { sign }: Sender,
  content: Pick<SandboxDelivery, "secret" | "type" | "data"> & { readonly jobId: string },
): Outgoing["sign"] {
  const id = `msg_${randomBytes(12).toString("hex")}`;
  const occurredAt = new Date();
  return (attempt, stale) =>
    sign({
      ...{ ...content, id, attempt },
      occurredAt: stale ? new Date(occurredAt.getTime() - staleMs) : occurredAt,
      timestamp: stale ? Math.floor(Date.now() / 1000) - staleSeconds : undefined,
    });
}

function providerOf({ makeProvider, secrets }: Sender, secret: string = secrets[0]): AnyProvider {
  try {
    return makeProvider({ secret });
  } catch (error) {
    throw new RangeError(error instanceof Error ? error.message : "secret cannot be used.", { cause: error });
  }
}

function scheduleOf({ policy }: AnyProvider): Schedule {
  const { timeoutMs, shortestRetryGapMs, maxAttempts } = policy;
  const pauses = (maxAttempts ?? usualAttempts) - 1;
  return { timeoutMs, gapsMs: Array.from({ length: pauses }, () => shortestRetryGapMs) };
}
