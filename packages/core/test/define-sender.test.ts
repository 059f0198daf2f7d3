import {
  type Handshake,
  handshake,
  type KnownEvent,
  type Provider,
  type Reading,
  type SignedRequest,
  type UnknownEvent,
  unauthentic,
} from "@latchhook/core";
import { defineSender, eventTypes, identityPart, matches, type SenderReading } from "@latchhook/core/kit";
import { describe, expect, expectTypeOf, it } from "vitest";
import * as z from "zod";
import * as mini from "zod/mini";

const policy = { timeoutMs: 10_000, shortestRetryGapMs: 60_000, retryHorizonMs: 86_400_000, maxAttempts: 5 };
const signature = { precheck: () => undefined, verify: () => ({ ok: true, secretIndex: 0 }) as const };
const render = mini.looseObject({ id: mini.string(), url: mini.nullish(mini.string()) });

const acme = (more: Partial<SenderReading> = {}) =>
  defineSender({
    name: "acme",
    policy,
    signature,
    events: { "render.done": render, ...eventTypes("image", ["made", "failed"], render) },
    read: ({ value }) => ({
      type: value.type,
      id: value.id,
      data: value.data,
      identity: [identityPart(value.id)],
      ...more,
    }),
  });

function requestOf(body: unknown, headers: Record<string, string> = {}): SignedRequest {
  return { headers, body: new TextEncoder().encode(JSON.stringify(body)), receivedAt: 1_790_000_000_000 };
}

function readingOf(provider: Provider, request: SignedRequest): Reading {
  const reading = provider.read(request);
  if (!reading.ok) throw new Error(`refused: ${reading.reason}`);
  return reading;
}

describe("defineSender", () => {
  it("infers the union of events from the schemas", () => {
    const provider = acme();
    type Data = { [member: string]: unknown; id: string; url?: string | null | undefined };
    expectTypeOf(provider).toEqualTypeOf<
      Provider<
        | KnownEvent<"render.done", Data>
        | KnownEvent<"image.made", Data>
        | KnownEvent<"image.failed", Data>
        | UnknownEvent
      >
    >();
  });

  it("takes schemas of zod as well as of zod/mini", () => {
    const provider = defineSender({
      name: "acme",
      policy,
      signature,
      events: { paid: z.object({ amount: z.number() }) },
      read: ({ value }) => ({ type: "paid", data: value, identity: [] }),
    });
    expectTypeOf(provider).toEqualTypeOf<Provider<KnownEvent<"paid", { amount: number }> | UnknownEvent>>();
    expect(readingOf(provider, requestOf({ amount: 1 })).event.known).toBe(true);
    expect(readingOf(provider, requestOf({ amount: "1" })).event.known).toBe(false);
  });

  it.each([
    ["render.done", { id: "1", url: null, more: [1] }, true],
    ["image.failed", { id: "1" }, true],
    ["render.done", { id: 1 }, false],
    ["render.done", undefined, false],
    ["render.other", { id: "1" }, false],
    ["toString", { id: "1" }, false],
    ["__proto__", { id: "1" }, false],
    ["", { id: "1" }, false],
    [7, { id: "1" }, false],
  ])("an event %j of %j is known: %j", (type, data, known) => {
    const { event } = readingOf(acme(), requestOf({ id: "e1", type, data }));
    expect(event).toEqual({
      provider: "acme",
      id: "e1",
      type: typeof type === "string" ? type : "",
      known,
      job: null,
      occurredAt: null,
      data,
    });
  });

  it("hands the signed data on, not a schema's copy of it", () => {
    const data = { id: "1" };
    const provider = defineSender({
      name: "acme",
      policy,
      signature,
      parse: () => ({ ok: true, value: { data }, text: "" }),
      events: { done: render },
      read: ({ value }) => ({ type: "done", data: value.data, identity: [] }),
    });
    expect(readingOf(provider, requestOf(null)).event.data).toBe(data);
    expect(matches(render, data)).toBe(true);
  });

  it("without schemas every type is known, or those that `knows` says", () => {
    const open = defineSender({
      name: "acme",
      policy,
      signature,
      read: ({ value }) => ({ type: value.type, data: value, identity: [] }),
    });
    expectTypeOf(open).toEqualTypeOf<Provider<KnownEvent<string, unknown>>>();
    expect(readingOf(open, requestOf({ type: "anything" })).event.known).toBe(true);
    const some = defineSender({ ...open, signature, knows: (type) => type === "a", read: () => reading });
    const reading = { type: "b", data: null, identity: [] };
    expect(readingOf(some, requestOf({})).event.known).toBe(false);
  });

  it.each([
    [1, 1],
    [2 ** 53 - 1, 2 ** 53 - 1],
    [0, undefined],
    [-1, undefined],
    [1.5, undefined],
    [2 ** 53, undefined],
    ["1", undefined],
    [null, undefined],
  ])("counts %j as %j", (given, counted) => {
    const { attempt, maxAttempts } = readingOf(acme({ attempt: given, maxAttempts: given }), requestOf({}));
    expect([attempt, maxAttempts]).toEqual([counted, counted]);
  });

  it.each([
    ["e1", "e1", true],
    ["e1", "e2", false],
    ["e1", "", false],
    [5, "5", true],
    [5, "5.0", false],
    [new Set(["a", "b"]), "b", true],
    [new Set(["a", "b"]), "c", false],
    [undefined, "e2", true],
    [null, "e2", true],
    [["e1"], "e2", true],
    [{ id: "e1" }, "e2", true],
    [new Set([undefined]), "e2", true],
  ])("the signed %j and the unsigned header %j go together: %j", (signed, text, together) => {
    const provider = acme({ unsigned: { "x-id": signed } });
    const result = provider.read(requestOf({}, { "x-id": text }));
    if (together) expect(result.ok).toBe(true);
    else expect(result).toEqual(unauthentic("metadata-mismatch"));
    expect(provider.read(requestOf({})).ok, "absent").toBe(true);
  });

  it("compares the headers first, then refuses by the content", () => {
    const provider = acme({ unsigned: { "x-id": "1" }, refusal: unauthentic("stale-content") });
    expect(provider.read(requestOf({}, { "x-id": "2" }))).toEqual(unauthentic("metadata-mismatch"));
    expect(provider.read(requestOf({}, { "x-id": "1" }))).toEqual(unauthentic("stale-content"));
  });

  it("answers what a sender asks, greets, and has its own success", () => {
    const greet = () => handshake({ contentType: "text/plain", body: "hello" });
    const asking = defineSender({
      name: "asking",
      policy,
      signature,
      greet,
      successReply: { status: 204, contentType: "text/plain", body: "" },
      events: { done: render },
      ask: ({ value }) =>
        typeof value.challenge === "string"
          ? handshake({ contentType: "text/plain", body: value.challenge })
          : undefined,
      read: ({ value }) => ({ type: "done", data: value, identity: [] }),
    });
    expectTypeOf<Handshake>().toExtend<ReturnType<typeof asking.read>>();
    expectTypeOf<Handshake>().not.toExtend<ReturnType<ReturnType<typeof acme>["read"]>>();
    expect(asking.read(requestOf({ challenge: "abc" }))).toEqual(
      handshake({ contentType: "text/plain", body: "abc" }),
    );
    expect(asking.read(requestOf({ id: "1" }))).toMatchObject({ ok: true, event: { known: true } });
    expect([asking.greet, asking.successReply]).toEqual([
      greet,
      { status: 204, contentType: "text/plain", body: "" },
    ]);
    expect("greet" in acme()).toBe(false);
  });
});
