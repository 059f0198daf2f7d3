import { createReceiver, type StandardSchema, type WebhookEvent } from "@latchhook/core";
import { standardWebhooks } from "@latchhook/core/providers/standard-webhooks";
import { memoryStore } from "@latchhook/core/stores/memory";
import { signStandardWebhooks } from "@latchhook/testing";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { post } from "../support/trial-receiver.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const invoice = z.object({ id: z.string(), amount: z.coerce.number(), paidAt: z.coerce.date() });

async function receive(schema: StandardSchema | undefined, data: unknown) {
  const events: WebhookEvent[] = [];
  const receiver = createReceiver({
    provider: standardWebhooks({ secret }),
    store: memoryStore(),
    schema,
    persist: (event) => events.push(event as WebhookEvent),
    onOutcome: () => {},
  });
  const signed = signStandardWebhooks({ secret, body: { type: "invoice.paid", data } });
  const answers = [await post(receiver, signed), await post(receiver, signed)];
  return { events, answers: answers.map(({ status }) => status) };
}

const paid = { id: "inv_1", amount: "12.50", paidAt: "2026-01-02T03:04:05Z", more: true };

describe("the schema option", () => {
  it("that accepts the data: persist gets what the schema gives", async () => {
    const { events, answers } = await receive(invoice, paid);
    expect(events).toMatchObject([{ type: "invoice.paid", known: true }]);
    expect(events[0]?.data).toEqual({ id: "inv_1", amount: 12.5, paidAt: new Date(paid.paidAt) });
    expect(answers).toEqual([200, 200]);
  });

  it.each([null, 7, "text", [], {}, { ...paid, id: 7 }])(
    "that refuses %j: persist gets an unknown event with the data as it was signed",
    async (data) => {
      const { events, answers } = await receive(invoice, data);
      expect(events).toMatchObject([{ type: "invoice.paid", known: false, provider: "standard-webhooks" }]);
      expect(events[0]?.data).toEqual(data);
      expect(answers).toEqual([200, 200]);
    },
  );

  it("left out: persist gets the provider's event", async () => {
    const { events } = await receive(undefined, paid);
    expect(events).toMatchObject([{ known: true, data: paid }]);
  });

  it("may be asynchronous, and may be a function, as those of ArkType are", async () => {
    const validate = async (value: unknown) => ({ value: { wrapped: value } });
    const schema = Object.assign(() => {}, {
      "~standard": { version: 1, vendor: "test", validate } as const,
    });
    const { events } = await receive(schema, paid);
    expect(events).toMatchObject([{ known: true, data: { wrapped: paid } }]);
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("a bug in the schema");
      },
    ],
    [
      "rejects",
      async () => {
        throw new Error("a bug in the schema");
      },
    ],
  ])("that %s → 500, and the next attempt runs again", async (_way, validate) => {
    const schema = { "~standard": { version: 1, vendor: "test", validate } } as unknown as StandardSchema;
    const { events, answers } = await receive(schema, paid);
    expect([events, answers]).toEqual([[], [500, 500]]);
  });
});
