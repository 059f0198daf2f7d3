import { verifyWebhook } from "@latchhook/core";
import { type Sender, senders } from "@latchhook/testing";
import { describe, expect, it } from "vitest";
import { allProofs } from "./all-proofs.ts";
import type { ProvenRequest } from "./sender-proof.ts";

function senderOf(name: string): Sender {
  const found = senders.find((sender) => sender.name === name);
  if (found === undefined) throw new Error(`There is no sender ${name} in the table of senders.`);
  return found;
}

async function verifies({ makeProvider }: Sender, request: ProvenRequest, receivedAt = Date.now()) {
  const { url, headers, body, secret } = request;
  const result = await verifyWebhook(makeProvider({ secret }), {
    method: "POST",
    url,
    headers,
    body,
    receivedAt,
  });
  return result.ok;
}

/** The request with each bit of its body flipped, or a sample of them where there are many. */
function* withFlippedBits(request: ProvenRequest): Generator<ProvenRequest> {
  const step = Math.max(1, Math.floor((request.body.byteLength * 8) / 400));
  for (let bit = 0; bit < request.body.byteLength * 8; bit += step) {
    const body = request.body.slice();
    const index = bit >> 3;
    body[index] = (body[index] as number) ^ (1 << (bit & 7));
    yield { ...request, body };
  }
}

/** The request with the signature's own characters changed, one after another. */
function* withChangedSignature(
  request: ProvenRequest,
  { signatureHeader }: Sender,
): Generator<ProvenRequest> {
  const isInUrl = signatureHeader === "";
  const value = (isInUrl ? request.url : request.headers[signatureHeader]) ?? "";
  const [longest = ""] = [...value.matchAll(/[A-Za-z0-9+/_-]{16,}/g)]
    .map(([text]) => text)
    .toSorted((one, other) => other.length - one.length);
  const start = value.indexOf(longest);
  for (let index = start; index < start + longest.length - 2; index++) {
    const changed = value[index] === "0" ? "1" : "0";
    const signature = value.slice(0, index) + changed + value.slice(index + 1);
    yield isInUrl
      ? { ...request, url: signature }
      : { ...request, headers: { ...request.headers, [signatureHeader]: signature } };
  }
}

async function expectOnlyTheGenuine(
  sender: Sender,
  request: ProvenRequest,
  bodyIsSigned: boolean,
  receivedAt?: number,
): Promise<void> {
  expect(await verifies(sender, request, receivedAt), "the genuine request").toBe(true);
  const forgeries = [...withChangedSignature(request, sender)];
  if (bodyIsSigned) forgeries.push(...withFlippedBits(request));
  expect(forgeries.length).toBeGreaterThan(0);
  for (const forged of forgeries) expect(await verifies(sender, forged, receivedAt)).toBe(false);
}

describe.each(allProofs)("the proof of $sender", ({ sender: name, signs, accepts, vectors, ...proof }) => {
  const sender = senderOf(name);
  const [secret] = sender.secrets;
  const bodyIsSigned = proof.unsignedBody !== true;
  const signer = proof.package ?? "the test itself";

  if (signs !== undefined) {
    it(`what ${signer} signs verifies, and nothing else`, async () => {
      const body = JSON.stringify(sender.payload());
      const timestamp = Math.floor(Date.now() / 1000);
      const request = await signs({ secret, body, timestamp, id: "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W" });
      await expectOnlyTheGenuine(sender, request, bodyIsSigned);
    });
  }

  if (accepts !== undefined) {
    it(`${proof.package} accepts what the helper signs, and nothing else`, async () => {
      const request = { ...sender.sign(), secret };
      expect(await accepts(request), "the genuine request").toBe(true);
      const other = { ...request, secret: sender.secrets[1] };
      expect(await accepts(other), "another secret").toBe(false);
      const [forged] = bodyIsSigned ? withFlippedBits(request) : withChangedSignature(request, sender);
      expect(await accepts(forged as ProvenRequest), "a changed request").toBe(false);
      await expectOnlyTheGenuine(sender, request, bodyIsSigned);
    });
  }

  if (signs === undefined && accepts === undefined) {
    it("what the helper signs verifies, and nothing else", async () => {
      await expectOnlyTheGenuine(sender, { ...sender.sign(), secret }, bodyIsSigned);
    });
  }

  it.each(vectors ?? [])("a published vector: $source", async ({ receivedAt, ...request }) => {
    await expectOnlyTheGenuine(sender, request, bodyIsSigned, receivedAt);
  });
});

it("every sender of the table has a proof", () => {
  const proven = new Set(allProofs.map(({ sender }) => sender));
  // AI Stats signs in the same way under both families of its headers.
  const wanted = senders.filter(({ name, provider }) => name === provider).map(({ name }) => name);
  expect(wanted.filter((name) => !proven.has(name))).toEqual([]);
});
