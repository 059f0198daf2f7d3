import type { Job, KnownEvent, UnknownEvent, UnknownType, WebhookEvent } from "./event.ts";
import {
  type DeliveryPolicy,
  type Handshake,
  type Provider,
  type Reading,
  type Refusal,
  type SignedRequest,
  unauthentic,
} from "./provider.ts";
import { count, type ParsedObject, parseJsonObject } from "./reading/json.ts";
import type { IdentityPart } from "./reading/key.ts";
import { matches, type Schema } from "./reading/matches.ts";
import { type HeaderSource, readHeader } from "./request/headers.ts";
import type { SignatureScheme } from "./signatures/signature-scheme.ts";

/** A sender's event types, each with the schema of its data. */
export type EventSchemas = Readonly<Record<string, Schema>>;

/** The events of a sender: one known event for each type, and the unknown one. */
export type SenderEvent<Schemas extends EventSchemas> =
  | { [Type in keyof Schemas & string]: KnownEvent<Type, DataOf<Schemas[Type]>> }[keyof Schemas & string]
  | UnknownEvent;

/**
 * The events of a sender whose own package has their types: a union of bodies, each with its `type` and its `data`. To
 * be a provider's type parameter, so that the types are the sender's own and the package is no dependency.
 */
export type PayloadEvent<Payload extends { readonly type: string; readonly data: unknown }> =
  | (Payload extends unknown ? KnownEvent<Payload["type"], Payload["data"]> : never)
  | UnknownEvent;

type DataOf<One> = One extends Schema<infer Data> ? Data : never;

/** What a sender's reading works with: a verified request and what its body holds. */
export interface VerifiedContent extends ParsedObject {
  readonly headers: HeaderSource;
  readonly body: Uint8Array;
  /** When it arrived, in milliseconds since the epoch. */
  readonly receivedAt: number;
}

/** What the signed content says, in the sender's own words. */
export interface SenderReading {
  /** The sender's name of the event; anything but text is an empty one. */
  readonly type: unknown;
  /** The sender's payload, as it is to reach the callback. */
  readonly data: unknown;
  /** The sender's signed id of the event, where it has one. */
  readonly id?: unknown;
  readonly job?: Job | null | undefined;
  readonly occurredAt?: Date | null | undefined;
  /** What makes the delivery the same over all its retries, from signed content. */
  readonly identity: readonly IdentityPart[];
  readonly replayIdentity?: readonly IdentityPart[] | undefined;
  /** The sender's signed count of attempts; anything but a whole number above 0 is none. */
  readonly attempt?: unknown;
  readonly maxAttempts?: unknown;
  readonly undated?: boolean | undefined;
  /**
   * What headers that are not signed must agree with, by their names in lower case: one value, or a set of those that
   * may stand. An absent header, and a value that is neither text nor number, says nothing.
   */
  readonly unsigned?: Readonly<Record<string, unknown>> | undefined;
  /** What the content itself rules out, such as its age or its account; the headers are compared before. */
  readonly refusal?: Refusal | undefined;
}

interface SenderBase<Asks extends Handshake> extends Pick<Provider, "greet" | "successReply"> {
  /** In kebab case. Part of every delivery key: a sender that is renamed forgets what it has seen. */
  readonly name: string;
  readonly policy: DeliveryPolicy;
  /** How requests are verified: `hmacSignature`, `ed25519Signature`, `standardWebhooksSignature`, or your own. */
  readonly signature: SignatureScheme;
  /** What rules a verified request out before its body is parsed. Default: nothing. */
  readonly refuse?: ((request: SignedRequest) => Refusal | undefined) | undefined;
  /** How the verified body is parsed. Default: strict UTF-8 that holds a JSON object. */
  readonly parse?: ((body: Uint8Array) => ParsedObject | Refusal) | undefined;
  /** Answers a question that the sender asks in a signed request; undefined where the content is a delivery. */
  readonly ask?: ((content: VerifiedContent) => Asks | Refusal | undefined) | undefined;
  /** Where type, identity, job and the rest are in the signed content. */
  readonly read: (content: VerifiedContent) => SenderReading;
}

/** A sender whose events have schemas. */
export interface SenderDefinition<Schemas extends EventSchemas, Asks extends Handshake = never>
  extends SenderBase<Asks> {
  /** Data that does not match its type's schema, and types that are not listed, make unknown events. */
  readonly events: Schemas;
}

/** A sender whose events are known by their type alone. */
export interface UntypedSenderDefinition<Asks extends Handshake = never> extends SenderBase<Asks> {
  /** Which types are known. Default: all. */
  readonly knows?: ((type: string, data: unknown) => boolean) | undefined;
}

/**
 * Makes a provider of what is particular to its sender: scheme, policy, schemas, and where things are in the content.
 * The rest, which all senders repeat, is here: parsing, the event around the payload, known and unknown events, headers
 * that contradict the body, counts.
 *
 * @example
 * export function acme(options: AcmeOptions = {}): Provider<AcmeEvent> {
 *   return defineSender({
 *     name: "acme",
 *     policy: { timeoutMs: 10_000, shortestRetryGapMs: 60_000, retryHorizonMs: 86_400_000, maxAttempts: 5 },
 *     signature: hmacSignature({
 *       provider: "acme",
 *       secret: options.secret,
 *       environmentVariable: "ACME_WEBHOOK_SECRET",
 *       headers: { signature: "acme-signature", timestamp: "acme-timestamp" },
 *       content: [timestamp, ".", body],
 *     }),
 *     events: { "render.done": acmeRender },
 *     read: ({ value }) => ({ type: value.type, id: value.id, data: value.data, identity: [identityPart(value.id)] }),
 *   });
 * }
 */
export function defineSender<const Schemas extends EventSchemas, Asks extends Handshake = never>(
  definition: SenderDefinition<Schemas, Asks>,
): Provider<SenderEvent<Schemas>, Asks>;
export function defineSender<
  Event extends WebhookEvent = KnownEvent<string, unknown>,
  Asks extends Handshake = never,
>(definition: UntypedSenderDefinition<Asks>): Provider<Event, Asks>;
export function defineSender(
  definition: SenderDefinition<EventSchemas, Handshake> | UntypedSenderDefinition<Handshake>,
): Provider<WebhookEvent, Handshake> {
  const { name, policy, signature, refuse, parse = parseJsonObject, ask } = definition;
  const knows = "events" in definition ? bySchema(definition.events) : (definition.knows ?? everything);

  return {
    name,
    policy,
    ...(definition.greet === undefined ? {} : { greet: definition.greet }),
    successReply: definition.successReply,
    precheck: (request) => signature.precheck(request),
    verify: (request) => signature.verify(request),
    read(request) {
      const { headers, body, receivedAt = Date.now() } = request;
      const refusal = refuse?.(request);
      if (refusal !== undefined) return refusal;
      const parsed = parse(body);
      if (!parsed.ok) return parsed;
      const { value, text } = parsed;
      const content = { ok: true, value, text, headers, body, receivedAt } as const;
      const answer = ask?.(content);
      if (answer !== undefined) return answer;
      const reading = definition.read(content);
      if (reading.unsigned !== undefined && contradicts(headers, reading.unsigned)) {
        return unauthentic("metadata-mismatch");
      }
      return reading.refusal ?? toReading(name, reading, knows);
    },
  };
}

function toReading(
  provider: string,
  reading: SenderReading,
  knows: (type: string, data: unknown) => boolean,
): Reading {
  const { data, job = null, occurredAt = null, identity, replayIdentity, undated } = reading;
  const type = typeof reading.type === "string" ? reading.type : "";
  const id = typeof reading.id === "string" ? reading.id : "";
  const base = { provider, id, job, occurredAt };
  return {
    ok: true,
    event: knows(type, data)
      ? { ...base, type, known: true, data }
      : { ...base, type: type as UnknownType, known: false, data },
    identity,
    replayIdentity,
    attempt: count(reading.attempt),
    maxAttempts: count(reading.maxAttempts),
    undated,
  };
}

/** The types are matched whole, by a look-up: a sender's name of an event can be a megabyte long. */
function bySchema(events: EventSchemas): (type: string, data: unknown) => boolean {
  const schemas = new Map(Object.entries(events));
  return (type, data) => {
    const schema = schemas.get(type);
    return schema !== undefined && matches(schema, data);
  };
}

function everything(): boolean {
  return true;
}

/** Whether an unsigned header says something else than the signed content. */
function contradicts(headers: HeaderSource, unsigned: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(unsigned).some(([name, signed]) => {
    const accepted = (signed instanceof Set ? [...signed] : [signed]).filter(isScalar);
    if (accepted.length === 0) return false;
    const header = readHeader(headers, name);
    return header !== undefined && !accepted.some((value) => String(value) === header);
  });
}

function isScalar(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}

/** The same schema for several types: `eventTypes("video", ["completed", "failed"], schema)`. */
export function eventTypes<Prefix extends string, Change extends string, One extends Schema>(
  prefix: Prefix,
  changes: readonly Change[],
  schema: One,
): Readonly<Record<`${Prefix}.${Change}`, One>> {
  return Object.fromEntries(changes.map((change) => [`${prefix}.${change}`, schema])) as Readonly<
    Record<`${Prefix}.${Change}`, One>
  >;
}
