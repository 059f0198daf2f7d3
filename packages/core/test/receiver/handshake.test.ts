import {
  type Handshake,
  handshake,
  malformed,
  type Provider,
  verifyWebhook,
  type WebhookEvent,
} from "@latchhook/core";
import { describe, expect, it } from "vitest";
import { dialects } from "../support/dialects.ts";
import { trialReceiver } from "../support/trial-receiver.ts";

const dialect = dialects[3] as (typeof dialects)[number];
const base = dialect.makeProvider({ secret: dialect.secrets[0] });

/** A sender that asks in a signed POST, as Slack does, and in a GET before there is a signature, as Meta does. */
const asking: Provider<WebhookEvent, Handshake> = {
  ...base,
  successReply: { status: 204, contentType: "text/plain", body: "" },
  read(request) {
    const { challenge } = JSON.parse(new TextDecoder().decode(request.body)) as { challenge?: string };
    if (challenge === undefined) return base.read(request);
    if (challenge.length > 100) return malformed("bad-challenge");
    return handshake({ contentType: "text/plain", body: challenge });
  },
  greet({ method, url = "" }) {
    if (method !== "GET") return undefined;
    const query = new URL(url, "https://localhost").searchParams;
    if (query.get("token") !== "right")
      return { ok: false, kind: "unauthentic", reason: "signature-mismatch" };
    return handshake({ contentType: "text/plain", body: query.get("challenge") ?? "" });
  },
};

function ask(trial: ReturnType<typeof trialReceiver>, query: string, method = "GET") {
  return trial.receiver.handle(new Request(`https://example.com/hook${query}`, { method }));
}

describe("a sender that asks before it delivers", () => {
  it("N125 in a signed request is answered in its words; nothing is claimed or called", async () => {
    const trial = trialReceiver(asking);
    const answer = await trial.post(dialect.sign({ body: '{"challenge":"3eZbrw1a"}' }));
    expect(answer).toEqual({
      status: 200,
      headers: { "content-type": "text/plain", "x-content-type-options": "nosniff" },
      body: "3eZbrw1a",
    });
    expect(trial.outcomes).toMatchObject([{ code: "handshake", status: 200 }]);
    expect([trial.storeCalls, trial.persisted]).toEqual([[], []]);
  });

  it("N125 with a wrong signature is refused, and so is a challenge that is too long", async () => {
    const trial = trialReceiver(asking);
    const forged = dialect.sign({ body: '{"challenge":"3eZbrw1a"}', secret: dialect.secrets[1] });
    expect(await trial.post(forged)).toMatchObject({ status: 401, body: '{"error":"unauthentic"}' });
    const long = dialect.sign({ body: JSON.stringify({ challenge: "x".repeat(101) }) });
    expect(await trial.post(long)).toMatchObject({ status: 400, body: '{"error":"malformed"}' });
  });

  it("N125 before a signature exists is answered, or refused; other methods are as before", async () => {
    const trial = trialReceiver(asking);
    const greeted = await ask(trial, "?token=right&challenge=abc");
    expect([greeted.status, await greeted.text()]).toEqual([200, "abc"]);
    expect((await ask(trial, "?token=wrong&challenge=abc")).status).toBe(401);
    expect((await ask(trial, "", "DELETE")).status).toBe(405);
    expect(trial.storeCalls).toEqual([]);
  });

  it("gets its own answer to what was processed and to a duplicate, and ours to everything else", async () => {
    const trial = trialReceiver(asking);
    expect((await trial.post(dialect.sign())).status).toBe(204);
    expect(await trial.post(dialect.sign())).toMatchObject({ status: 204, body: "" });
    expect((await trial.post(dialect.sign({ secret: dialect.secrets[1] }))).status).toBe(401);
  });

  it("a fetch answer of 204 has no body", async () => {
    const { headers, body } = dialect.sign();
    const request = new Request("https://example.com/", {
      method: "POST",
      headers,
      body: Uint8Array.from(body),
    });
    const response = await trialReceiver(asking).receiver.handle(request);
    expect([response.status, response.body]).toEqual([204, null]);
  });

  it("a greeting that throws is ours to mend", async () => {
    const broken = {
      ...asking,
      greet(): never {
        throw new TypeError("a bug");
      },
    };
    const trial = trialReceiver(broken);
    expect((await ask(trial, "")).status).toBe(500);
    expect(trial.outcomes).toMatchObject([{ code: "internal-error" }]);
  });

  it("is seen by verifyWebhook, and content that is one cannot be trusted as a delivery", async () => {
    const asked = dialect.sign({ body: '{"challenge":"3eZbrw1a"}' });
    const result = await verifyWebhook(asking, asked);
    expect(result).toMatchObject({ ok: false, kind: "handshake", reply: { body: "3eZbrw1a" } });
    const { receiver } = trialReceiver(asking);
    expect(await receiver.trust({ ...asked, source: "replay" })).toMatchObject({ kind: "malformed" });
  });
});
