import { isLatchhookError, verifyWebhook } from "@latchhook/core";
import { meta, metaNotification } from "@latchhook/core/providers/meta";
import { providerContract, signMeta } from "@latchhook/testing";
import { describe, expect, it } from "vitest";
import { trialReceiver } from "../support/trial-receiver.ts";

const secret = "0f6bcd4621d373cade4e832627b4f6a1";
const verifyToken = "the token that we chose";

const whatsapp = (value: object, entry: object = {}) => ({
  object: "whatsapp_business_account",
  entry: [{ id: "1", ...entry, changes: [{ field: "messages", value: { metadata: {}, ...value } }] }],
});
const message = (id: string) => whatsapp({ messages: [{ id, type: "text", text: { body: "hello" } }] });
const status = (id: string, reached: string) => whatsapp({ statuses: [{ id, status: reached }] });
const messenger = (item: object, time = 1) => ({
  object: "page",
  entry: [
    { id: "1", time, messaging: [{ sender: { id: "2" }, recipient: { id: "1" }, timestamp: 1, ...item }] },
  ],
});
const feed = {
  object: "user",
  entry: [{ id: "1", time: 1, changes: [{ field: "photos", value: { verb: "add" } }] }],
};

describe("meta", () => {
  const cases = providerContract({
    provider: (given) => meta({ secret: given, verifyToken }),
    secrets: [secret, "1a79a4d60de6718e8e5b326e338ae533"],
    sign: signMeta,
    requiredHeaders: ["x-hub-signature-256"],
    caseInsensitiveHeaders: ["x-hub-signature-256"],
    toleranceSeconds: null,
    samples: [
      sample("whatsapp_business_account", message("wamid.1")),
      sample("whatsapp_business_account", status("wamid.1", "delivered")),
      sample("whatsapp_business_account", status("wamid.1", "read")),
      sample(
        "page",
        messenger({ message: { mid: "m_1", text: "hello" } }),
        messenger({ message: { mid: "m_1" } }, 2),
      ),
      sample("user", feed),
      { ...sample("new_of_theirs", { ...feed, object: "new_of_theirs" }), known: false },
    ],
  });
  for (const { name, run } of cases) it(name, run);
});

describe("a subscription to Meta begins with a question", () => {
  const ask = async (query: Record<string, string> | string[][], method = "GET") => {
    const trial = trialReceiver(meta({ secret, verifyToken: ["an older token", verifyToken] }));
    const url = `https://example.com/hook?${new URLSearchParams(query)}`;
    const response = await trial.receiver.handle(new Request(url, { method }));
    expect([trial.storeCalls, trial.persisted]).toEqual([[], []]);
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  const question = {
    "hub.mode": "subscribe",
    "hub.verify_token": verifyToken,
    "hub.challenge": "1158201444",
  };

  it("N125 whose challenge is answered as plain text", async () => {
    const { status: answered, text, headers } = await ask(question);
    expect([answered, text, headers.get("content-type")]).toEqual([200, "1158201444", "text/plain"]);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect((await ask({ ...question, "hub.verify_token": "an older token" })).status).toBe(200);
  });

  it.each([
    [{ ...question, "hub.verify_token": "another token" }, 401],
    [{ ...question, "hub.verify_token": "" }, 401],
    [{ "hub.mode": "subscribe", "hub.challenge": "1" }, 401],
    [[...Object.entries(question), ["hub.verify_token", verifyToken]], 401],
    [{ ...question, "hub.challenge": "<script>" }, 400],
    [{ ...question, "hub.challenge": "1".repeat(129) }, 400],
    [{ ...question, "hub.challenge": "" }, 400],
    [{ ...question, "hub.mode": "unsubscribe" }, 405],
    [{}, 405],
  ])("N125 %j → %i", async (query, expected) => {
    const { status: answered, text } = await ask(query as Record<string, string>);
    expect(answered).toBe(expected);
    expect(text).toMatch(/^\{"error":"[a-z ]+"\}$/);
  });

  it("N125 by GET alone", async () => {
    expect((await ask(question, "DELETE")).status).toBe(405);
  });

  it.each([undefined, "", "undefined", []])("the token cannot be %j", (given) => {
    expect(() => meta({ secret, verifyToken: given })).toThrow(
      expect.toSatisfy(
        (error) => isLatchhookError(error) && /verifyToken.*META_VERIFY_TOKEN/.test(error.message),
      ),
    );
  });

  it("a token function that fails is answered 503", async () => {
    const broken = meta({ secret, verifyToken: () => Promise.reject(new Error("the vault is sealed")) });
    const url = `https://example.com/?${new URLSearchParams(question)}`;
    expect((await trialReceiver(broken).receiver.handle(new Request(url))).status).toBe(503);
  });
});

describe("a delivery of Meta", () => {
  const keyOf = async (body: object | string) => {
    const result = await verifyWebhook(meta({ secret, verifyToken }), signMeta({ secret, body }));
    return result.ok ? result.key : result.reason;
  };

  it("made of messages is told by their ids", async () => {
    const first = await keyOf(messenger({ message: { mid: "m_1", text: "hello" } }));
    expect(await keyOf(messenger({ message: { mid: "m_1", text: "hello" } }, 99))).toBe(first);
    expect(await keyOf(messenger({ message: { mid: "m_2", text: "hello" } }))).not.toBe(first);
    expect(await keyOf(status("wamid.1", "read"))).not.toBe(await keyOf(message("wamid.1")));
  });

  it.each([
    ["an edit of a message", (text: string) => messenger({ message_edit: { mid: "m_1", text } })],
    ["a reaction beside it", (text: string) => messenger({ message: { mid: "m_1" }, reaction: { text } })],
    [
      "a message that was taken back",
      (text: string) => messenger({ message: { mid: "m_1", is_deleted: true, text } }),
    ],
    [
      "a change of another field",
      (text: string) => ({ ...feed, entry: [{ id: "1", changes: [{ field: "x", text }] }] }),
    ],
    ["an error beside the messages", (text: string) => whatsapp({ messages: [{ id: "1" }], errors: [text] })],
    ["a status without an id", (text: string) => whatsapp({ statuses: [{ status: "read", text }] })],
    [
      "something new in the entry",
      (text: string) => whatsapp({ messages: [{ id: "1" }] }, { standby: text }),
    ],
    ["no entries", (text: string) => ({ object: "page", entry: [], text })],
  ])("with %s is told by the whole body", async (_what, body) => {
    expect(await keyOf(body("one"))).not.toBe(await keyOf(body("two")));
  });

  it("of more entries than Meta puts together is an unknown event, and told by the body", async () => {
    const entry = Array.from({ length: 1_001 }, (_, index) => ({
      id: "1",
      messaging: [{ message: { mid: `${index}` } }],
    }));
    const result = await verifyWebhook(
      meta({ secret, verifyToken }),
      signMeta({ secret, body: { object: "page", entry } }),
    );
    expect(result).toMatchObject({ ok: true, event: { known: false } });
    expect(metaNotification.safeParse({ object: "page", entry: entry.slice(1) }).success).toBe(true);
  });
});

function sample(type: string, body: object, retry: object = body) {
  return { name: JSON.stringify(body), attempts: [body, retry] as const, type, known: true, job: null };
}
