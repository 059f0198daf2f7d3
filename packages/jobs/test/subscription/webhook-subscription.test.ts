import { checkWebhookUrl, webhookSubscription } from "@latchhook/jobs";
import { describe, expect, test } from "vitest";

const secret = "whsec_jobs";
const url = "https://app.example.com/webhooks/ai-stats";

describe("hosts that are refused, in every spelling", () => {
  test.each([
    ["loopback", "127.0.0.1"],
    ["loopback, shortened", "127.1"],
    ["loopback, decimal", "2130706433"],
    ["loopback, octal", "0177.0.0.1"],
    ["loopback, hex", "0x7f.0.0.1"],
    ["loopback, one hex number", "0x7f000001"],
    ["loopback, full-width", "１２７.０.０.１"],
    ["loopback, escaped", "%31%32%37.0.0.1"],
    ["loopback, trailing dot", "127.0.0.1."],
    ["loopback, IPv6", "[::1]"],
    ["loopback, long IPv6", "[0:0:0:0:0:0:0:1]"],
    ["loopback, mapped", "[::ffff:127.0.0.1]"],
    ["loopback, mapped in hex", "[::ffff:7f00:1]"],
    ["loopback, compatible", "[::127.0.0.1]"],
    ["loopback, translated", "[64:ff9b::7f00:1]"],
    ["loopback, 6to4", "[2002:7f00:1::]"],
    ["public, mapped", "[::ffff:8.8.8.8]"],
    ["private 10", "10.1.2.3"],
    ["private 172", "172.16.0.1"],
    ["private 192", "192.168.1.1"],
    ["private 192, octal", "0300.0250.1.1"],
    ["carrier NAT", "100.64.0.1"],
    ["link-local", "169.254.169.254"],
    ["link-local, decimal", "2852039166"],
    ["link-local, IPv6", "[fe80::1]"],
    ["unique local", "[fc00::1]"],
    ["wildcard", "0.0.0.0"],
    ["wildcard, short", "0"],
    ["wildcard, IPv6", "[::]"],
    ["multicast", "224.0.0.1"],
    ["multicast, IPv6", "[ff02::1]"],
    ["broadcast", "255.255.255.255"],
    ["reserved", "240.0.0.1"],
    ["documentation", "192.0.2.1"],
    ["benchmarking", "198.18.0.1"],
    ["documentation, IPv6", "[2001:db8::1]"],
    ["Teredo", "[2001::1]"],
    ["localhost", "localhost"],
    ["localhost, upper case", "LOCALHOST"],
    ["localhost, trailing dot", "localhost."],
    ["below localhost", "api.localhost"],
    ["mDNS", "printer.local"],
    ["internal", "metadata.google.internal"],
    ["a single label", "intranet"],
  ])("%s: %s", (_name, host) => {
    expect(checkWebhookUrl(`https://${host}/hook`)).toMatchObject({ ok: false });
    expect(webhookSubscription({ url: `https://${host}/hook`, secret }, { kind: "video" })).toMatchObject({
      ok: false,
      error: { entry: "url" },
    });
  });
});

test.each([
  ["", "url-missing"],
  [undefined, "url-missing"],
  ["not a url", "url-malformed"],
  ["http://app.example.com/hook", "url-not-https"],
  ["ftp://app.example.com/hook", "url-not-https"],
  ["javascript:alert(1)", "url-not-https"],
  ["https://user:secret@app.example.com/", "url-has-credentials"],
  ["https://user@127.0.0.1/", "url-has-credentials"],
  [`https://app.example.com/${"x".repeat(2_048)}`, "url-too-long"],
])("refuses %j by the rule %s and quotes no credentials", (candidate, rule) => {
  const result = checkWebhookUrl(candidate, { development: true });
  expect(result).toMatchObject({
    ok: false,
    error: { entry: "url", rule, message: expect.stringContaining(rule) },
  });
  expect(JSON.stringify(result)).not.toContain("secret@");
});

test.each([
  "https://app.example.com/hook",
  "https://app.example.com.:8443/hook?tenant=1",
  "https://8.8.8.8/hook",
  "https://[2606:4700::1111]/hook",
  "https://münchen.example/hook",
  "https://localhost.example.com/hook",
])("accepts %s", (candidate) => {
  expect(checkWebhookUrl(candidate)).toMatchObject({ ok: true });
});

test.each([
  "http://localhost:3000/hook",
  "http://127.0.0.1:3000/hook",
  "http://[::1]:3000/hook",
  "https://localhost/hook",
])("%s only where development is allowed", (candidate) => {
  expect(checkWebhookUrl(candidate)).toMatchObject({ ok: false });
  expect(checkWebhookUrl(candidate, { development: true })).toMatchObject({ ok: true });
});

test.each([
  "http://192.168.1.1/hook",
  "http://0.0.0.0/hook",
  "http://127.0.0.2/hook",
  "http://api.localhost/hook",
  "https://10.0.0.1/hook",
])("%s not even then", (candidate) => {
  expect(checkWebhookUrl(candidate, { development: true })).toMatchObject({ ok: false });
});

describe("events", () => {
  const ends = ["job.completed", "job.failed", "job.cancelled", "job.expired"];
  const all = ["created", "progress", "completed", "failed", "cancelled", "expired", "status_changed"];

  test.each([
    ["omitted", undefined, ends],
    ["empty", [], ends],
    ["for any kind", ["job.completed"], ["job.completed"]],
    ["of the kind", ["video.progress", "video.completed"], ["video.progress", "video.completed"]],
    ["repeated", ["job.failed", "job.failed"], ["job.failed"]],
    ["bare, as the sender reads them", ["completed", "Canceled"], ["job.completed", "job.cancelled"]],
    ["spelt otherwise", [" VIDEO.Canceled "], ["video.cancelled"]],
    ["all of them", ["job.*"], all.map((phase) => `job.${phase}`)],
  ])("%s", (_name, events, expected) => {
    const result = webhookSubscription({ url, secret, ...(events ? { events } : {}) }, { kind: "video" });
    expect(result).toEqual({ ok: true, subscription: { url, events: expected, secret }, warnings: [] });
  });

  test("drops those of another kind, and unknown ones, with a warning while one is valid", () => {
    const events = ["video.completed", "batch.completed", "video.exploded"];
    const result = webhookSubscription({ url, secret, events }, { kind: "video" });
    expect(result).toMatchObject({
      ok: true,
      subscription: { events: ["video.completed"] },
      warnings: [
        {
          entry: '"batch.completed"',
          rule: "event-of-another-kind",
          message: expect.stringContaining("batch.completed"),
        },
        { entry: '"video.exploded"', rule: "event-unknown" },
      ],
    });
  });

  test.each([
    [
      "of another kind only",
      ["batch.completed", "batch.failed"],
      "video",
      ["batch.completed", "batch.failed", "event-of-another-kind"],
    ],
    [
      "of another kind only, for a batch",
      ["video.completed"],
      "batch",
      ["video.completed", "event-of-another-kind"],
    ],
    [
      "unknown only",
      ["nonsense", "*", "job.", ".completed", "job.completed.x", ""],
      "video",
      ["nonsense", "event-unknown"],
    ],
    ["no texts", [1, null, {}], "video", ["event-unknown"]],
  ] as const)("refuses a list %s, naming entry and rule", (_name, events, kind, named) => {
    const result = webhookSubscription({ url, secret, events: events as never }, { kind });
    expect(result).toMatchObject({ ok: false, error: { entry: "events", rule: "events-none-valid" } });
    for (const text of named)
      expect(result).toMatchObject({ error: { message: expect.stringContaining(text) } });
  });

  test.each(["job.completed", { 0: "job.completed" }, 7])("refuses what is no list: %j", (events) => {
    const result = webhookSubscription({ url, secret, events: events as never }, { kind: "video" });
    expect(result).toMatchObject({ ok: false, error: { rule: "events-not-a-list" } });
  });
});

test("warns of a missing secret, refuses a blank one, and quotes none", () => {
  expect(webhookSubscription({ url }, { kind: "video" })).toMatchObject({
    ok: true,
    warnings: [{ rule: "secret-missing" }],
  });
  const blank = webhookSubscription({ url, secret: "  " }, { kind: "video" });
  expect(blank).toMatchObject({ ok: false, error: { entry: "secret", rule: "secret-not-text" } });
  const refused = webhookSubscription({ url: "http://x", secret }, { kind: "video" });
  expect(JSON.stringify(refused)).not.toContain(secret);
});

test.each([
  [{ endpoint_id: " we_1 " }, { endpoint_id: "we_1" }],
  [{ endpoint_id: "we_1", events: [] }, { endpoint_id: "we_1" }],
  [
    { endpoint_id: "we_1", events: ["completed", "job.status_changed"] },
    { endpoint_id: "we_1", events: ["job.completed", "job.status_changed"] },
  ],
])("an endpoint: %j", (subscription, sent) => {
  const result = webhookSubscription(subscription, { kind: "video" });
  expect(result).toEqual({ ok: true, subscription: sent, warnings: [] });
});

test("an endpoint, with an entry of another kind: dropped with a warning", () => {
  const events = ["batch.failed", "video.failed"];
  expect(webhookSubscription({ endpoint_id: "we_1", events }, { kind: "video" })).toMatchObject({
    ok: true,
    subscription: { endpoint_id: "we_1", events: ["video.failed"] },
    warnings: [{ rule: "event-of-another-kind" }],
  });
});
