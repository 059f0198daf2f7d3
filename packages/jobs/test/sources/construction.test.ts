import { inspect } from "node:util";
import {
  aiStatsEndpoints,
  aiStatsJobs,
  creativeaiJobs,
  videogenJobs,
  videogenWebhooks,
} from "@latchhook/jobs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { json, rawServer } from "../support/raw-server.ts";

const apiKey = "key_2f9b6c71c44e";

afterEach(() => vi.unstubAllEnvs());

const factories = [
  [aiStatsJobs, "AI_STATS_API_KEY"],
  [creativeaiJobs, "CREATIVEAI_API_KEY"],
  [videogenWebhooks, "VIDEOGEN_API_KEY"],
  [videogenJobs, "VIDEOGEN_API_KEY"],
] as const;

test("aiStatsEndpoints needs a management key, which is another variable than the API key's", () => {
  vi.stubEnv("AI_STATS_API_KEY", apiKey);
  vi.stubEnv("AI_STATS_MANAGEMENT_KEY", undefined);
  const make = (managementKey?: string) => () => aiStatsEndpoints({ managementKey });
  expect(make()).toThrow(expect.objectContaining({ code: "missing-secret" }));
  expect(make()).toThrow("Pass { managementKey } or set AI_STATS_MANAGEMENT_KEY");
  expect(make("a b")).toThrow(expect.objectContaining({ code: "invalid-secret" }));
  expect(make("a b")).not.toThrow("a b");
  vi.stubEnv("AI_STATS_MANAGEMENT_KEY", "mgmt_5a0d17c2e9");
  const endpoints = aiStatsEndpoints();
  expect(inspect(endpoints, { depth: 9, showHidden: true })).not.toContain("mgmt_5a0d17c2e9");
});

describe.each(factories)("%o", (factory, variable) => {
  test.each([undefined, "", "  ", "undefined"])("needs an API key: %j", (key) => {
    vi.stubEnv(variable, undefined);
    expect(() => factory({ apiKey: key })).toThrow(expect.objectContaining({ code: "missing-secret" }));
    expect(() => factory({ apiKey: key })).toThrow(variable);
  });

  test("reads its variable", () => {
    vi.stubEnv(variable, apiKey);
    expect(factory().provider).toBeTypeOf("string");
  });

  test.each(["a\r\nb", "ключ", "a b"])("refuses the key %j without showing it", (key) => {
    expect(() => factory({ apiKey: key })).toThrow(expect.objectContaining({ code: "invalid-secret" }));
    expect(() => factory({ apiKey: key })).not.toThrow(key);
  });

  test.each([
    "nonsense",
    "http://api.example.com",
    "ftp://api.example.com",
    "https://user:pass@api.example.com",
    "https://api.example.com/?q=1",
    "https://api.example.com/#top",
  ])("refuses the base URL %s", (baseUrl) => {
    expect(() => factory({ apiKey, baseUrl })).toThrow(expect.objectContaining({ code: "invalid-option" }));
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("refuses limits of %d", (limit) => {
    expect(() => factory({ apiKey, timeoutMs: limit })).toThrow("timeoutMs");
    expect(() => factory({ apiKey, maxResponseBytes: limit })).toThrow("maxResponseBytes");
  });

  test("hides the key from whoever prints the source", () => {
    const source = factory({ apiKey });
    expect(inspect(source, { depth: 9, showHidden: true }) + JSON.stringify(source)).not.toContain(apiKey);
  });
});

test.each(["", "/", "/v1", "/v1/", "/proxy", "/proxy/v1"])(
  "the base path %j is kept, and /v1 not doubled",
  async (path) => {
    const { url, seen } = await rawServer((response) => json(response, 200, { id: "j1", status: "queued" }));
    await aiStatsJobs({ apiKey, baseUrl: `${url}${path}` }).get("j1");
    const prefix = path.startsWith("/proxy") ? "/proxy" : "";
    expect(seen.map((request) => request.path)).toEqual([`${prefix}/v1/videos/j1`]);
    expect(seen[0]?.headers.authorization).toBe(`Bearer ${apiKey}`);
  },
);
