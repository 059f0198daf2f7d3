import assert from "node:assert/strict";
import {
  deliveryKey,
  type Handshake,
  type Provider,
  type Reading,
  type Refusal,
  type SignedRequest,
  type WebhookEvent,
} from "@latchhook/core";
import type { ContractCase } from "../store-contract/contract-case.ts";
import type { ProviderContractOptions, ProviderSample, SignedSample } from "./options.ts";

/** Any provider, one that answers its sender's questions too. */
type ContractProvider = Provider<WebhookEvent, Handshake>;

/** A request that has plain headers: what the cases change and send. */
export interface PlainRequest extends SignedSample {
  readonly receivedAt: number;
}

/** What every case works with. */
export interface Trial {
  readonly options: ProviderContractOptions;
  /** The provider with the first secret. */
  readonly provider: ContractProvider;
  /** A genuine request, with a body of the first sample unless one is given. */
  readonly genuine: (content?: GenuineContent) => PlainRequest;
}

export interface GenuineContent {
  readonly secret?: string;
  readonly body?: Uint8Array | object | string;
  readonly id?: string;
  /** Seconds between signing and arrival. */
  readonly ageSeconds?: number;
}

export type TrialBody = (trial: Trial) => void | Promise<void>;

/** When the requests of a contract arrive: on a whole second, so that ages are exact. */
const arrival = Math.floor(Date.now() / 1000);

/** Binds cases to the provider under test. */
export function bindCases(
  table: Readonly<Record<string, TrialBody>>,
  options: ProviderContractOptions,
): readonly ContractCase[] {
  return Object.entries(table).map(([name, body]) => ({
    name,
    run: () => runBody(body, options),
  }));
}

/** What a provider throws, and what fast-check reports, breaks the contract like a failed assertion. */
async function runBody(body: TrialBody, options: ProviderContractOptions): Promise<void> {
  try {
    await body(createTrial(options));
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    const failure = new assert.AssertionError({ message: String(error) });
    failure.cause = error;
    throw failure;
  }
}

function createTrial(options: ProviderContractOptions): Trial {
  const [secret] = options.secrets;
  const [sample] = options.samples;
  return {
    options,
    provider: options.provider(secret),
    genuine(content = {}) {
      const body = toBytes(content.body ?? sample.attempts[0]);
      const id = content.id ?? "delivery_1";
      const timestamp = arrival - (content.ageSeconds ?? 0);
      const signed = options.sign({ secret: content.secret ?? secret, body, id, timestamp });
      return { headers: signed.headers, body: signed.body, receivedAt: arrival * 1000 };
    },
  };
}

export function toBytes(body: Uint8Array | object | string): Uint8Array {
  if (body instanceof Uint8Array) return body;
  return new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body));
}

/** A genuine request of one attempt of a sample. */
export function attemptOf(trial: Trial, sample: ProviderSample, index: number): PlainRequest {
  const body = sample.attempts[index];
  assert.ok(body !== undefined);
  return trial.genuine({ body, id: `delivery of ${sample.name}`.replaceAll(/[^a-z0-9]/gi, "_") });
}

export async function assertVerified(
  provider: ContractProvider,
  request: SignedRequest,
  secretIndex = 0,
): Promise<void> {
  assert.deepEqual(await provider.verify(request), { ok: true, secretIndex });
}

/** Refused as unauthentic; and where the headers alone tell, `precheck` has told the same. */
export async function assertUnauthentic(
  provider: ContractProvider,
  request: SignedRequest,
  what: string,
): Promise<Refusal> {
  const result = await provider.verify(request);
  assert.ok(!result.ok, `${what}: verified`);
  assert.equal(result.kind, "unauthentic", what);
  const { headers, receivedAt } = request;
  const early = provider.precheck({ headers, receivedAt });
  if (early !== undefined) assert.deepEqual(early, result, `${what}: precheck and verify differ`);
  return result;
}

/** Verifies and reads. */
export async function readGenuine(provider: ContractProvider, request: PlainRequest): Promise<Reading> {
  await assertVerified(provider, request);
  const reading = provider.read(request);
  assert.ok(reading.ok, `an authentic delivery was refused: ${JSON.stringify(reading)}`);
  return reading;
}

/** The keys that a delivery is claimed under. */
export async function keysOf(provider: ContractProvider, reading: Reading): Promise<readonly string[]> {
  const identities = [reading.identity, ...(reading.replayIdentity ? [reading.replayIdentity] : [])];
  return Promise.all(identities.map(async (identity) => deliveryKey("", provider.name, identity)));
}

/** The request with one header set anew, or left out. */
export function withHeader(request: PlainRequest, name: string, value: string | undefined): PlainRequest {
  const headers: Record<string, string> = { ...request.headers };
  if (value === undefined) delete headers[name];
  else headers[name] = value;
  return { ...request, headers };
}
