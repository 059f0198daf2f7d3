import type { Handshake, Provider, WebhookEvent } from "@latchhook/core";
import { createReceiver } from "@latchhook/core";
import { creativeai } from "@latchhook/core/providers/creativeai";
import { standardWebhooks } from "@latchhook/core/providers/standard-webhooks";
import { memoryStore } from "@latchhook/core/stores/memory";
import { senders } from "@latchhook/testing";
import { describe, expect, it } from "vitest";
import { type ReceiverLimits, resolveLimits } from "../../packages/core/src/options.ts";
import { type OutcomeCode, toAnswer } from "../../packages/core/src/outcome.ts";
import { defaultToleranceSeconds } from "../../packages/core/src/signatures/timestamp.ts";
import { plain, tableUnder } from "./support/markdown.ts";
import { allPages, readPage, readSource } from "./support/pages.ts";
import { interfaceMembers, outcomeCodes } from "./support/source-facts.ts";

const readme = readPage("README.md");
const guaranteesPage = readPage("docs/guarantees.md");

const secret = "whsec_b25seS1mb3ItdGhlLWRvY3VtZW50YXRpb24=";
/** Each sender once, though AI Stats is in the table under two names. */
const documentedSenders = senders.filter(({ name, provider }) => name === provider);
const typeName = (factory: string): string => factory.slice(0, 1).toUpperCase() + factory.slice(1);

type AnyProvider = Provider<WebhookEvent, Handshake>;
type MakeProvider = (options: { readonly secret: never }) => AnyProvider;
const factories: Readonly<Record<string, MakeProvider>> = {
  ...Object.fromEntries(senders.map(({ factory, makeProvider }) => [factory, makeProvider as MakeProvider])),
  standardWebhooks,
};

function provide(factory: string): AnyProvider {
  return (factories[factory] as MakeProvider)({ secret: secret as never });
}

function sourceOf(file: string): string {
  return readSource(`packages/core/src/providers/${file}.ts`);
}

function limitsOf(provider: AnyProvider): ReceiverLimits {
  return resolveLimits({ provider, store: memoryStore(), persist() {} });
}

/** `30` of `30 days` and so on, in milliseconds. */
function inMilliseconds(text: string): number {
  const units: Readonly<Record<string, number>> = {
    s: 1_000,
    min: 60_000,
    hour: 3_600_000,
    h: 3_600_000,
    days: 86_400_000,
  };
  return [...text.matchAll(/(\d+) (s|min|hour|h|days)\b/g)].reduce(
    (sum, [, count, unit = ""]) => sum + Number(count) * (units[unit] ?? Number.NaN),
    0,
  );
}

describe("the README's table of", () => {
  it("answers has every outcome with its answer", () => {
    const documented = tableUnder(readme, "Answers").rows.flatMap(([codes = "", status, body]) =>
      codes.split(", ").map((code) => [plain(code), Number(status), plain(body)]),
    );
    const actual = outcomeCodes().map((code) => {
      const { status, body } = toAnswer({ code: code as OutcomeCode });
      return [code, status, body];
    });
    expect(documented).toEqual(actual);
  });

  it("options has every option of ReceiverOptions", () => {
    const documented = tableUnder(readme, "Options").rows.map(([option]) => plain(option));
    expect(documented).toEqual(interfaceMembers("packages/core/src/options.ts", "ReceiverOptions"));
  });

  it("inbox options of docs/inbox.md has every option of InboxOptions", () => {
    const [options] = readPage("docs/inbox.md").tables.filter(({ columns }) => columns[0] === "option");
    const documented = options?.rows.map(([option]) => plain(option));
    expect(documented).toEqual(interfaceMembers("packages/core/src/inbox.ts", "InboxOptions"));
  });

  it("options has the defaults that the receiver uses", () => {
    const limits = limitsOf(provide("aiStats"));
    for (const [option, byDefault = ""] of tableUnder(readme, "Options").rows) {
      const limit = limits[plain(option) as keyof ReceiverLimits];
      if (limit === undefined) continue;
      const share = /^(\d+)% of the sender's timeout$/.exec(byDefault)?.[1];
      const documented = share === undefined ? Number(byDefault) : (30_000 * Number(share)) / 100;
      expect(documented, String(option)).toBe(limit);
    }
  });

  it("guarantees is that of docs/guarantees.md", () => {
    const [promises] = guaranteesPage.tables.filter(({ heading }) => heading === "The promises");
    expect(tableUnder(readme, "Guarantees").rows).toEqual(promises?.rows);
  });

  const withSecret = tableUnder(readme, "Senders").rows.filter((row) => row.at(-1) !== "none");
  it.each(withSecret.map((row) => [plain(row[1]), plain(row.at(-1))]))(
    "senders names the environment variable that %s reads",
    (factory, variable) => {
      expect(() => factories[factory]?.({ secret: [] as never })).toThrow(`set ${variable}.`);
    },
  );

  it.each(tableUnder(readme, "Stores").rows.map(([name, specifier]) => [plain(name), plain(specifier)]))(
    "stores: %s is an export of %s",
    async (name, specifier) => {
      expect(await import(specifier)).toHaveProperty(name, expect.any(Function));
    },
  );

  it.each(tableUnder(readme, "Frameworks").rows.map((row) => plain(row[1])))(
    "frameworks: %s can be imported",
    async (specifier) => {
      expect(Object.keys(await import(specifier)).length).toBeGreaterThan(0);
    },
  );
});

describe("docs/guarantees.md", () => {
  it.each(
    tableUnder(guaranteesPage, "Lease, heartbeat, fence").rows.map((row) => [plain(row[0]), row[1] ?? ""]),
  )("%s is %s", (name, value) => {
    if (name === "heartbeat") return expect(value).toBe("a third of `leaseMs`");
    const limit = limitsOf(provide("aiStats"))[name as keyof ReceiverLimits];
    const share = /^(\d+)% of the sender's timeout$/.exec(value)?.[1];
    expect(share === undefined ? inMilliseconds(value) : Number(share) * 300).toBe(limit);
  });
});

describe("docs/senders", () => {
  it.each([
    ...documentedSenders.map(({ title, provider, factory }) => [title, provider, factory] as const),
    ["Standard Webhooks", "standard-webhooks", "standardWebhooks"] as const,
  ])("the page of %s: every option with its default", (heading, file, factory) => {
    const page = readPage(`docs/senders/${file}.md`);
    expect(page.headings[0]).toBe(heading);
    const rows = page.tables.find(({ columns }) => columns[0] === "option")?.rows ?? [];
    const documented = new Map(rows.map(([option, byDefault]) => [plain(option), plain(byDefault)]));
    expect([...documented.keys()]).toEqual(
      interfaceMembers(`packages/core/src/providers/${file}.ts`, `${typeName(factory)}Options`),
    );
    if (documented.has("toleranceSeconds")) {
      // A sender whose own tolerance is another has it in its file: `toleranceSeconds ?? 60`.
      const [, own] = /\btoleranceSeconds (?:\?\?|=) ([\d_]+)/.exec(sourceOf(file)) ?? [];
      const byDefault = own?.replaceAll("_", "") ?? String(defaultToleranceSeconds);
      expect(documented.get("toleranceSeconds")).toBe(byDefault);
    }
    const maxAge = documented.get("maxAgeMs");
    if (maxAge !== undefined) expect(Number(maxAge)).toBe(creativeai({ secret }).policy.retryHorizonMs);
  });
});

describe("what the pages name exists", () => {
  const eventMembers = [
    ...interfaceMembers("packages/core/src/event.ts", "EventBase"),
    ...interfaceMembers("packages/core/src/event.ts", "UnknownEvent"),
  ];
  const members: Readonly<Record<string, readonly string[]>> = {
    receiver: Object.keys(
      createReceiver({ provider: provide("aiStats"), store: memoryStore(), persist() {} }),
    ),
    delivery: interfaceMembers("packages/core/src/delivery.ts", "Delivery"),
    event: eventMembers,
    outcome: ["OutcomeBase", "OutcomeDelivery", "OutcomeCause"].flatMap((name) =>
      interfaceMembers("packages/core/src/outcome.ts", name),
    ),
  };
  const named = allPages().flatMap(({ path, codes }) =>
    codes.flatMap((code) => {
      const match = /^(receiver|delivery|event|outcome)\.(\w+)/.exec(code);
      return match === null ? [] : [[path, match[1] ?? "", match[2] ?? ""] as const];
    }),
  );

  it.each(named)("%s: %s.%s", (_, object, member) => {
    expect(members[object]).toContain(member);
  });

  it.each([
    ["event", "{ provider, "],
    ["delivery", "{ key, "],
  ])("the README lists all that %s has", (object, beginning) => {
    const listed = readme.codes.find((code) => code.startsWith(beginning))?.match(/\w+/g) ?? [];
    expect(listed.toSorted()).toEqual(members[object]?.toSorted());
  });
});
