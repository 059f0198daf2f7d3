import {
  malformed,
  type Provider,
  type Reading,
  type Refusal,
  type SecretOption,
  unauthentic,
} from "@latchhook/core";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import {
  aiStatsPayload,
  type ProviderContractOptions,
  providerContract,
  signAiStats,
} from "@latchhook/testing";
import { describe, expect, it } from "vitest";

const secrets = ["whsec_first-of-two", "whsec_second-of-two"] as const;

function optionsFor(provider: (secret: SecretOption) => Provider): ProviderContractOptions {
  const attempt = (number: number, type: string) =>
    aiStatsPayload({ type, attempt: number, createdAt: 1_790_000_000 + number });
  const sample = (type: string, status: string) => ({
    name: type,
    attempts: [attempt(1, type), attempt(2, type)] as const,
    type,
    known: true,
    job: { id: "video_8c1f0a5e7b", status },
  });
  return {
    provider,
    secrets,
    sign: signAiStats,
    requiredHeaders: ["x-ai-stats-signature", "x-ai-stats-timestamp"],
    caseInsensitiveHeaders: ["x-ai-stats-signature"],
    samples: [sample("video.completed", "completed"), sample("video.failed", "failed")],
  };
}

/** The cases that a provider breaks. */
async function brokenCases(provider: (secret: SecretOption) => Provider): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const { name, run } of providerContract(optionsFor(provider))) {
    await run().catch(() => broken.push(name));
  }
  return broken;
}

const genuine = (secret: SecretOption): Provider => aiStats({ secret });

/** The genuine provider with something of it changed. */
function altered(change: (provider: Provider, secret: SecretOption) => Partial<Provider>) {
  return (secret: SecretOption): Provider => {
    const provider = genuine(secret);
    return { ...provider, ...change(provider, secret) };
  };
}

/** The genuine provider with its reading changed. */
function reading(change: (result: Reading) => Reading | Refusal) {
  return altered((provider) => ({
    read(request) {
      const result = provider.read(request);
      return result.ok ? change(result) : result;
    },
  }));
}

let clock = 0;

const faults: Readonly<Record<string, readonly [(secret: SecretOption) => Provider, string]>> = {
  "believes everything": [
    altered(() => ({ verify: () => ({ ok: true, secretIndex: 0 }), precheck: () => undefined })),
    "a body with any one bit flipped is refused",
  ],
  "does not look at the body": [
    altered((provider, secret) => ({
      verify: ({ headers, receivedAt }) => {
        const timestamp = (headers as Record<string, string>)["x-ai-stats-timestamp"];
        const [first] = [secret].flat() as string[];
        const signed = signAiStats({ secret: first ?? "", timestamp, body: "{}" });
        return provider.verify({ ...signed, receivedAt });
      },
    })),
    "a required header with any one bit flipped is refused",
  ],
  "has a tolerance of its own": [
    (secret) => aiStats({ secret, toleranceSeconds: 600 }),
    "a signed timestamp is believed within the tolerance, both ways",
  ],
  "knows the first secret only": [
    (secret) => aiStats({ secret: Array.isArray(secret) ? (secret[0] as string) : secret }),
    "several secrets are tried, and the one that matched is named by its index",
  ],
  "names no secret": [
    altered((provider) => ({
      verify: async (request) => {
        const verified = await provider.verify(request);
        return verified.ok ? { ...verified, secretIndex: 0 } : verified;
      },
    })),
    "several secrets are tried, and the one that matched is named by its index",
  ],
  "refuses another reason early": [
    altered((provider) => ({
      precheck: (request) =>
        provider.precheck(request) === undefined ? undefined : unauthentic("missing-id"),
    })),
    "a required header that is absent or blank is refused, by precheck too",
  ],
  "reads nothing early": [
    altered(() => ({ precheck: () => undefined })),
    "a required header that is absent or blank is refused, by precheck too",
  ],
  "understands records in lower case only": [
    altered((provider) => ({
      verify: (request) => {
        const record = request.headers as Record<string, unknown>;
        return "X-AI-STATS-SIGNATURE" in record ? unauthentic("missing-signature") : provider.verify(request);
      },
    })),
    "a genuine request passes precheck, and verifies in every shape of headers",
  ],
  "throws for odd headers": [
    altered((provider) => ({
      verify: (request) => {
        if (Object.values(request.headers).some(Array.isArray)) throw new TypeError("not a string");
        return provider.verify(request);
      },
    })),
    "nothing that a sender sends makes verify, precheck or read throw",
  ],
  "identifies by the attempt": [
    reading((result) => ({ ...result, identity: [...result.identity, result.attempt ?? 0] })),
    "all attempts of one delivery have one identity and one event id",
  ],
  "identifies by the clock": [
    reading((result) => ({ ...result, identity: [...result.identity, clock++] })),
    "all attempts of one delivery have one identity and one event id",
  ],
  "identifies by the job alone": [
    reading((result) => ({ ...result, identity: [result.event.job?.id ?? ""] })),
    "different deliveries have different keys",
  ],
  "identifies by an unsigned header": [
    altered((provider) => ({
      read(request) {
        const { "x-ai-stats-event-id": id = "", ...headers } = request.headers as Record<string, string>;
        const result = provider.read({ ...request, headers });
        return result.ok ? { ...result, identity: [id] } : result;
      },
    })),
    "a header that is not signed changes nothing, or is refused",
  ],
  "drops what it does not know": [
    reading((result) => (result.event.known ? result : malformed("not-an-object"))),
    "signed content of unknown types and shapes is delivered",
  ],
  "throws for what it does not know": [
    reading((result) => {
      if (result.event.job === null) throw new TypeError("no job");
      return result;
    }),
    "any signed JSON object is delivered",
  ],
  "takes a list for an object": [
    altered((provider) => ({
      read: (request) =>
        request.body[0] === 0x5b
          ? provider.read({ ...request, body: Buffer.from("{}") })
          : provider.read(request),
    })),
    "a body that is no JSON object is refused as malformed",
  ],
  "tells another type": [
    reading((result) => ({ ...result, event: { ...result.event, type: "other" } as never })),
    "every sample is read as what it is",
  ],
  "shows its secret": [
    altered((_provider, secret) => ({ secret }) as Partial<Provider>),
    "no secret shows in inspect, JSON, or what verify and read give",
  ],
  "takes an empty secret": [
    (secret) => aiStats({ secret: typeof secret === "string" && secret.trim() === "" ? "default" : secret }),
    "a secret that is none throws when the provider is made",
  ],
  "opens when the secret function fails": [
    altered((provider) => ({
      verify: async (request) => {
        try {
          return await provider.verify(request);
        } catch {
          return { ok: true, secretIndex: 0 };
        }
      },
    })),
    "a secret function that fails, or gives none, rejects and opens nothing",
  ],
  "has a name with capitals": [altered(() => ({ name: "AI Stats" })), "the name is in kebab case"],
  "has a policy that cannot be": [
    altered(({ policy }) => ({ policy: { ...policy, shortestRetryGapMs: -1 } })),
    "the delivery policy is sane, and a receiver's defaults keep to it",
  ],
};

describe("the provider contract", () => {
  it("is kept by a provider that is right", async () => {
    expect(await brokenCases(genuine)).toEqual([]);
  });

  it.each(Object.entries(faults))("catches one that %s", async (_fault, [provider, caught]) => {
    const cases = providerContract(optionsFor(provider)).filter(({ name }) => name === caught);
    expect(cases).toHaveLength(1);
    for (const { run } of cases) await expect(run()).rejects.toMatchObject({ name: "AssertionError" });
  });

  it("catches a vector that does not verify", async () => {
    const vector = { name: "wrong", secret: secrets[0], headers: {}, body: "{}", receivedAt: Date.now() };
    const cases = providerContract({ ...optionsFor(genuine), vectors: [vector] });
    const [vectors] = cases.filter(({ name }) => name.startsWith("every vector"));
    await expect(vectors?.run()).rejects.toThrow();
  });

  it("shows what is skipped, with the reason, and refuses a skip of nothing", () => {
    const skip = [{ case: "the name is in kebab case", reason: "it is older than the rule" }];
    const names = providerContract({ ...optionsFor(genuine), skip }).map(({ name }) => name);
    expect(names).toContain("the name is in kebab case (skipped: it is older than the rule)");
    expect(() =>
      providerContract({ ...optionsFor(genuine), skip: [{ case: "none", reason: "why" }] }),
    ).toThrow();
  });
});
