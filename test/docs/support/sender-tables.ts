import type { Handshake, Provider, WebhookEvent } from "@latchhook/core";
import { standardWebhooks } from "@latchhook/core/providers/standard-webhooks";
import { memoryStore } from "@latchhook/core/stores/memory";
import { type Sender, senders } from "@latchhook/testing";
import { resolveLimits } from "../../../packages/core/src/options.ts";
import { allProofs } from "../../senders/all-proofs.ts";
import { readSource } from "./pages.ts";

/** A table that is made of the table of senders: where it stands, and what is in it. */
export interface SenderTable {
  readonly page: string;
  readonly heading: string;
  readonly rows: readonly (readonly string[])[];
}

type DocumentedSender = Pick<
  Sender,
  "title" | "factory" | "provider" | "signedContent" | "environmentVariable"
> & { readonly provide: () => Provider<WebhookEvent, Handshake> };

/** Each sender once, though AI Stats is in the table under two names, and any other that follows Standard Webhooks. */
const documentedSenders: readonly DocumentedSender[] = [
  ...senders
    .filter(({ name, provider }) => name === provider)
    .map((sender) => ({ ...sender, provide: () => sender.makeProvider({ secret: sender.secrets[0] }) })),
  {
    title: "Standard Webhooks",
    factory: "standardWebhooks",
    provider: "standard-webhooks",
    signedContent: "id, timestamp and body",
    environmentVariable: "STANDARD_WEBHOOKS_SECRET",
    provide: () => standardWebhooks({ secret: "whsec_b25seS1mb3ItdGhlLWRvY3VtZW50YXRpb24=" }),
  },
];

const code = (text: string): string => (text === "" ? "none" : `\`${text}\``);

function overview(folder: string): readonly (readonly string[])[] {
  return documentedSenders.map(({ title, provider, factory, signedContent, environmentVariable }) => [
    `[${title}](${folder}${provider}.md)`,
    code(factory),
    signedContent,
    code(environmentVariable),
  ]);
}

function policies(): readonly (readonly string[])[] {
  return documentedSenders.map(({ factory, provide }) => {
    const provider = provide();
    const { timeoutMs, shortestRetryGapMs, maxAttempts, retryHorizonMs } = provider.policy;
    const { deadlineMs } = resolveLimits({ provider, store: memoryStore(), persist() {} });
    return [
      code(factory),
      String(timeoutMs / 1_000),
      String(deadlineMs),
      String(shortestRetryGapMs / 1_000),
      maxAttempts === null ? "not stated" : String(maxAttempts),
      inWords(retryHorizonMs),
    ];
  });
}

/** `75 h 35 min` and the like. */
function inWords(milliseconds: number): string {
  const units = [
    ["day", 86_400_000],
    ["h", 3_600_000],
    ["min", 60_000],
    ["s", 1_000],
  ] as const;
  let left = milliseconds;
  const words = units.flatMap(([unit, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count === 0 ? [] : [`${count} ${unit === "day" && count > 1 ? "days" : unit}`];
  });
  return words.slice(0, 2).join(" ") || "not at all";
}

const versions = (
  JSON.parse(readSource("test/package.json")) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  }
).devDependencies;

function proofs(): readonly (readonly string[])[] {
  return allProofs.map(({ sender: name, evidence, package: by, signs, accepts, vectors }) => {
    const { title } = senders.find((sender) => sender.name === name) as Sender;
    const independent = by === undefined ? "the tests, by hand" : `${by} ${versions[by]?.replace("^", "")}`;
    return [
      title,
      evidence,
      signs === undefined ? "none" : independent,
      accepts === undefined ? "none" : independent,
      String(vectors?.length ?? 0),
    ];
  });
}

function helpers(): readonly (readonly string[])[] {
  const rows = documentedSenders.map(({ title, factory, environmentVariable }) => {
    const name = `sign${factory.slice(0, 1).toUpperCase()}${factory.slice(1)}`;
    return [
      code(`${name}({ ${environmentVariable === "" ? "privateKey" : "secret"}, … })`),
      title === "Standard Webhooks" ? "any sender of Standard Webhooks, `v1` and `v1a`" : title,
    ];
  });
  const generic = [
    code("signHmac({ secret, body, content, headers, … })"),
    "any sender with an HMAC: for a provider of your own",
  ];
  return [...rows, generic, [code("toRequest(signed, url)"), "a Fetch `Request` of one of these"]];
}

/** Every table of the pages that is made of the table of senders. */
export function senderTables(): readonly SenderTable[] {
  return [
    { page: "README.md", heading: "Senders", rows: overview("docs/senders/") },
    { page: "docs/providers.md", heading: "Senders", rows: overview("senders/") },
    { page: "docs/providers.md", heading: "Delivery policies", rows: policies() },
    { page: "docs/providers.md", heading: "What proves them", rows: proofs() },
    { page: "docs/testing.md", heading: "The helpers", rows: helpers() },
  ];
}
